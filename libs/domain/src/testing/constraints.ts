import type { PlanFacts } from '../constraints/plan-facts.js';
import type { RuleFacts } from '../constraints/rule/rule-facts.js';
import type { StoredConstraint } from '../constraints/stored-constraint.js';
import { type MaintenanceWindow, parseMaintenanceWindow } from '../schedules/maintenance-window.js';
import { parseSuppressionWindow, type SuppressionWindow } from '../schedules/suppression-window.js';
import type { WindowFields } from '../schedules/window-fields.js';
import { aPlanContent } from './plans.js';

const CREATED_AT = '2026-01-05T08:00:00.000Z';

export function somePlanFacts(change: Partial<PlanFacts> = {}): PlanFacts {
  return {
    now: new Date('2026-01-05T09:00:00.000Z'),
    planClass: 'ordinary',
    content: aPlanContent({ type: 'upgrade' }),
    spoke: {
      name: 'dev',
      presence: 'connected',
      lastSeenAt: '2026-01-05T08:59:50.000Z',
      reported: true,
      executing: 0,
    },
    requires: [],
    product: { name: 'aria', executing: 0 },
    entity: { name: 'aria-dev', trouble: '', bringsWhatRuns: false, askedFor: false },
    environment: { name: 'dev', executing: 0, suppressedUntil: [], entities: 0 },
    suppression: null,
    hold: null,
    dependencies: null,
    promotion: null,
    backup: { base: null, record: null },
    breakGlasses: [],
    rule: someRuleFacts(),
    ...change,
  };
}

export function someRuleFacts(change: Partial<RuleFacts> = {}): RuleFacts {
  return {
    planType: 'upgrade',
    entity: 'aria-dev',
    product: 'aria',
    owner: '',
    criticality: 'medium',
    environment: 'dev',
    tier: 'development',
    spoke: 'dev',
    namespace: 'aria',
    strategy: 'rolling',
    fromVersion: { major: 1, minor: 0, patch: 0, prerelease: [], build: [] },
    toVersion: { major: 1, minor: 1, patch: 0, prerelease: [], build: [] },
    labels: {},
    healthy: true,
    drifted: false,
    ...change,
  };
}

export function aStoredConstraint(change: Partial<StoredConstraint> = {}): StoredConstraint {
  return {
    id: 'constraint-1',
    name: 'saturdays',
    kind: 'maintenance_window',
    spec: { layer: 'environment', cron: '0 2 * * SAT', durationMinutes: 240 },
    scope: {},
    createdBy: 'dev-operator',
    createdAt: CREATED_AT,
    version: 1,
    ...change,
  };
}

export function aMaintenanceWindow(change: WindowFields = {}): MaintenanceWindow {
  const fields = { layer: 'environment', cron: '0 2 * * SAT', durationMinutes: 240, ...change };
  const window = parseMaintenanceWindow(fields);
  if (!window.ok) throw new Error(window.error.detail);
  return window.value;
}

export function aSuppressionWindow(change: WindowFields): SuppressionWindow {
  const window = parseSuppressionWindow({ reason: 'Holiday freeze', ...change });
  if (!window.ok) throw new Error(window.error.detail);
  return window.value;
}
