import type { ApplicabilityRow } from '../constraints/applicability.js';
import type { PlanFacts } from '../constraints/plan-facts.js';
import type { PromotionFacts } from '../constraints/promotion-facts.js';
import type { ScopeSubject } from '../constraints/scope.js';
import type { StoredConstraint } from '../constraints/stored-constraint.js';
import { anOwedBreakGlass } from './break-glasses.js';
import { aRecall } from './catalog.js';
import { somePlanFacts, someRuleFacts } from './constraints.js';

/** What makes the constraint of one row, and no other, object to a plan. */
export interface Objectionable {
  readonly row: ApplicabilityRow;
  readonly code: string;
  readonly stored?: Pick<StoredConstraint, 'kind' | 'spec'>;
  readonly facts?: Partial<PlanFacts>;
}

const TOMORROW = '2026-01-06T09:00:00.000Z';
const { environment } = somePlanFacts();
const UNPROVEN: PromotionFacts = {
  product: 'aria',
  version: '1.1.0',
  tier: 'production',
  changesVersion: true,
  asOf: somePlanFacts().now,
  runs: [],
  sourceTiers: ['development', 'staging'],
  lowerEnvironments: [{ name: 'dev', tier: 'development' }],
};
const FREEZE = {
  start: '2026-01-05T00:00:00Z',
  end: '2026-01-06T00:00:00Z',
  reason: 'Stocktaking',
};

/** One for each row, in `dev` and of an upgrade of `aria` there. */
export const OBJECTIONABLE: readonly Objectionable[] = [
  {
    row: 'window',
    code: 'maintenance_window',
    stored: {
      kind: 'maintenance_window',
      spec: { layer: 'environment', cron: '0 2 * * SAT', durationHours: 4, timezone: 'UTC' },
    },
  },
  {
    row: 'suppression',
    code: 'suppression_window',
    stored: { kind: 'suppression_window', spec: FREEZE },
  },
  {
    row: 'hard_suppression',
    code: 'suppression_window',
    stored: { kind: 'suppression_window', spec: { ...FREEZE, hard: true } },
  },
  {
    row: 'automatic_suppression',
    code: 'automatic_suppression',
    facts: {
      suppression: {
        id: 'suppression-1',
        entity: 'aria-dev',
        environment: 'dev',
        from: '2026-01-05T08:50:00.000Z',
        until: TOMORROW,
        failures: 1,
        planId: 'plan-1',
        contentKey: 'content',
        reason: 'unhealthy',
      },
    },
  },
  {
    row: 'environment_breaker',
    code: 'environment_breaker',
    facts: {
      environment: { ...environment, suppressedUntil: Array(6).fill(TOMORROW), entities: 6 },
    },
  },
  {
    row: 'hold',
    code: 'hold',
    facts: {
      hold: {
        id: 'hold-1',
        entity: 'aria-dev',
        until: 'lifted',
        reason: 'Being looked at',
        cause: 'person',
        by: 'dev-operator',
        at: '2026-01-05T08:50:00.000Z',
      },
    },
  },
  {
    row: 'dependency',
    code: 'dependency_missing',
    facts: {
      dependencies: {
        entity: 'aria-dev',
        spoke: 'dev',
        product: 'aria',
        targetVersion: '1.1.0',
        declared: [{ product: 'base', range: '*', optional: false }],
        others: [],
      },
    },
  },
  { row: 'recall', code: 'recall', facts: { recall: aRecall() } },
  {
    row: 'soak',
    code: 'soak',
    stored: { kind: 'soak', spec: { minutes: 60 } },
    facts: { promotion: { ...UNPROVEN, tier: 'staging' } },
  },
  {
    row: 'health',
    code: 'health',
    facts: {
      entity: { name: 'aria-dev', trouble: 'Degraded', bringsWhatRuns: true, askedFor: false },
    },
  },
  { row: 'promoted', code: 'promoted', facts: { promotion: UNPROVEN } },
  {
    row: 'backup',
    code: 'backup',
    stored: { kind: 'backup', spec: {} },
    facts: { backup: { base: 'head 1', record: null } },
  },
  {
    row: 'rule',
    code: 'rule',
    stored: {
      kind: 'rule',
      spec: {
        message: 'only base',
        when: { fact: 'product.name', operator: 'eq', value: 'base' },
      },
    },
  },
  {
    row: 'wave',
    code: 'wave',
    facts: { waveBefore: { deployment: 'deploy_1', entity: 'aria-one' } },
  },
  {
    row: 'break_glass_debt',
    code: 'break_glass_debt',
    facts: {
      breakGlasses: [anOwedBreakGlass({ dueAt: '2026-01-05T09:00:00.000Z' })],
      rule: someRuleFacts({ tier: 'staging' }),
    },
  },
  {
    row: 'spoke_ready',
    code: 'spoke_ready',
    facts: { spoke: { name: 'dev', presence: 'stale', reported: true, executing: 0 } },
  },
  {
    row: 'concurrency',
    code: 'concurrency',
    facts: { environment: { ...environment, executing: 1, maxConcurrent: 1 } },
  },
];

/** What the scopes of stored constraints are compared with. */
export const SUBJECT: ScopeSubject = {
  environment: 'dev',
  tier: 'development',
  product: 'aria',
  entity: 'aria-dev',
  planType: 'upgrade',
  criticality: 'medium',
  labels: {},
};
