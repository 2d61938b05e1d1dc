import { jsonDigest, sha256Hex } from '@apollo-deploy/kernel';
import type { BreakGlass, OwedBreakGlass } from './break-glass/break-glass.js';
import type { Entity, ReportedRelease } from './catalog/entity.js';
import type { Environment } from './catalog/environment.js';
import type { Product } from './catalog/product.js';
import type { Recall } from './catalog/recall.js';
import type { Release } from './catalog/release.js';
import type { PlanFacts } from './constraints/plan-facts.js';
import type { RuleFacts } from './constraints/rule/rule-facts.js';
import type { StoredConstraint } from './constraints/stored-constraint.js';
import type { Baseline } from './plans/baseline.js';
import { contentKey, type Plan, type PlanContent, planDigest } from './plans/plan.js';
import type { Notification } from './pipeline/notification.js';
import type { Webhook } from './webhooks/webhook.js';
import type { RunRecord } from './promotion/run-record.js';
import type { RollbackDemand } from './plans/rollback-demand.js';
import { type MaintenanceWindow, parseMaintenanceWindow } from './schedules/maintenance-window.js';
import { parseSuppressionWindow, type SuppressionWindow } from './schedules/suppression-window.js';
import type { WindowFields } from './schedules/window-fields.js';

const CREATED_AT = '2026-01-05T08:00:00.000Z';

export function anEnvironment(change: Partial<Environment> = {}): Environment {
  return {
    name: 'dev',
    tier: 'development',
    channel: 'dev',
    execution: 'automatic',
    rollbackOnFailure: true,
    createdAt: CREATED_AT,
    version: 1,
    ...change,
  };
}

export function aProduct(change: Partial<Product> = {}): Product {
  return {
    name: 'aria',
    criticality: 'medium',
    rolloutTimeoutSeconds: 300,
    labels: {},
    createdAt: CREATED_AT,
    version: 1,
    ...change,
  };
}

export function aRelease(version: string, change: Partial<Release> = {}): Release {
  return {
    id: `release-aria-${version}`,
    product: 'aria',
    version,
    chart: { name: 'aria', version, sha256: sha256Hex(`aria ${version}`), size: 1000 },
    dependencies: [],
    createdAt: CREATED_AT,
    createdBy: 'dev-operator',
    ...change,
  };
}

/** Opened at 09:00 by ann in `prod`, for two hours, to go past a window; nobody has used or reviewed it. */
export function aBreakGlass(change: Partial<BreakGlass> = {}): BreakGlass {
  return {
    id: 'glass-1',
    product: 'aria',
    environment: 'prod',
    waives: ['window'],
    reason: 'Orders are lost at the till',
    openedBy: 'ann',
    openedAt: '2026-01-05T09:00:00.000Z',
    until: '2026-01-05T11:00:00.000Z',
    dueAt: '2026-01-06T09:00:00.000Z',
    uses: 0,
    plans: [],
    version: 1,
    ...change,
  };
}

/** The same, in production. */
export function anOwedBreakGlass(change: Partial<OwedBreakGlass> = {}): OwedBreakGlass {
  return { ...aBreakGlass(), tier: 'production', ...change };
}

export function aRecall(change: Partial<Recall> = {}): Recall {
  return {
    id: 'recall-1',
    product: 'aria',
    range: '1.1.0',
    strategy: 'forward',
    reason: 'It loses orders',
    createdBy: 'dev-operator',
    createdAt: CREATED_AT,
    ...change,
  };
}

export function anEntity(change: Partial<Entity> = {}): Entity {
  return {
    name: 'aria-dev',
    spoke: 'dev',
    environment: 'dev',
    product: 'aria',
    namespace: 'aria',
    releaseName: 'aria',
    desired: { channel: 'dev' },
    values: {},
    labels: {},
    strategy: 'rolling',
    editedBy: 'dev-operator',
    createdAt: CREATED_AT,
    updatedAt: CREATED_AT,
    version: 1,
    ...change,
  };
}

/** A healthy release as a spoke reports it, with the values of `anEntity`. */
export function aReportedRelease(change: Partial<ReportedRelease> = {}): ReportedRelease {
  return {
    helmStatus: 'deployed',
    revision: 1,
    version: '1.0.0',
    valuesDigest: jsonDigest({}),
    releaseDigest: sha256Hex('head 1'),
    health: 'Healthy',
    drifted: false,
    ...change,
  };
}

export function aPlanContent(change: Partial<PlanContent> = {}): PlanContent {
  return {
    entity: 'aria-dev',
    spoke: 'dev',
    namespace: 'aria',
    releaseName: 'aria',
    type: 'install',
    base: null,
    chart: { name: 'aria', version: '1.0.0', sha256: sha256Hex('aria 1.0.0') },
    valuesDigest: jsonDigest({}),
    strategy: 'rolling',
    rolloutTimeoutSeconds: 300,
    ...change,
  };
}

export function aPlan(change: Partial<Plan> = {}): Plan {
  const content = change.content ?? aPlanContent();
  return {
    id: 'plan-1',
    entity: content.entity,
    environment: 'dev',
    spoke: content.spoke,
    product: 'aria',
    type: content.type,
    planClass: 'ordinary',
    state: 'PENDING',
    content,
    digest: change.digest ?? planDigest(content),
    contentKey: change.contentKey ?? contentKey(content),
    values: {},
    from: null,
    to: content.chart === null ? null : { version: content.chart.version },
    reason: 'aria 1.0.0 should run and is not installed',
    passedOver: [],
    violations: [],
    attempt: 1,
    createdAt: CREATED_AT,
    version: 1,
    ...change,
  };
}

/** Version 1.0.0 with two replicas, brought by plan-1. */
export function aBaseline(change: Partial<Baseline> = {}): Baseline {
  const chart = { name: 'aria', version: '1.0.0', sha256: sha256Hex('aria 1.0.0') };
  const values = { replicas: 2 };
  const valuesDigest = jsonDigest(values);
  return {
    entity: 'aria-dev',
    planId: 'plan-1',
    version: '1.0.0',
    chart,
    values,
    valuesDigest,
    contentKey: contentKey(aPlanContent({ chart, valuesDigest })),
    at: CREATED_AT,
    how: 'plan',
    ...change,
  };
}

/** Back to `aBaseline`, because plan-2 failed. */
export function aRollbackDemand(change: Partial<RollbackDemand> = {}): RollbackDemand {
  const { version, chart, values, valuesDigest, contentKey: key } = aBaseline();
  return {
    id: 'demand-1',
    entity: 'aria-dev',
    to: { version, chart, values, valuesDigest, contentKey: key },
    because: 'plan-2',
    reason: 'plan plan-2 failed',
    at: CREATED_AT,
    ...change,
  };
}

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

/** The environment is open on Saturdays from 02:00 to 06:00 UTC. */
export function aMaintenanceWindow(change: WindowFields = {}): MaintenanceWindow {
  const fields = { layer: 'environment', cron: '0 2 * * SAT', durationMinutes: 240, ...change };
  const window = parseMaintenanceWindow(fields);
  if (!window.ok) throw new Error(window.error.detail);
  return window.value;
}

/** A freeze; by `start` and `end`, or by `cron` and a duration. */
export function aSuppressionWindow(change: WindowFields): SuppressionWindow {
  const window = parseSuppressionWindow({ reason: 'Holiday freeze', ...change });
  if (!window.ok) throw new Error(window.error.detail);
  return window.value;
}

/** Facts of an upgrade of `aria` from 1.0.0 to 1.1.0 in `dev`. */
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

/** Saturdays from 02:00 to 06:00 UTC, stored for every plan. */
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

/** The first that HERMES is told, written at 09:00 and not tried yet. */
export function aNotification(change: Partial<Notification> = {}): Notification {
  return {
    id: 'notification-1',
    receiver: 'hermes',
    sequence: 1,
    deployment: 'deploy-1',
    environment: 'prod',
    body: { message: 'Deployed aria to prod', level: 'success', source: 'APOLLO' },
    createdAt: '2026-01-05T09:00:00.000Z',
    attempts: 0,
    triedSince: '2026-01-05T09:00:00.000Z',
    nextAttemptAt: '2026-01-05T09:00:00.000Z',
    ...change,
  };
}

/** `pager`, who is told of everything, signed. */
export function aWebhook(change: Partial<Webhook> = {}): Webhook {
  return {
    id: 'webhook-1',
    name: 'pager',
    kind: 'standard',
    url: 'https://pager.example/apollo',
    secret: `whsec_${'A'.repeat(43)}=`,
    createdBy: 'ann',
    createdAt: '2026-01-05T09:00:00.000Z',
    version: 1,
    ...change,
  };
}

/** `aria` 1.0.0 in development, brought by a plan and not yet seen Healthy. */
export function aRunRecord(change: Partial<RunRecord> = {}): RunRecord {
  return {
    entity: 'aria-dev',
    chartSha256: sha256Hex('aria 1.0.0'),
    version: '1.0.0',
    product: 'aria',
    spoke: 'dev',
    environment: 'dev',
    tier: 'development',
    planId: 'plan-1',
    healthyMs: 0,
    ...change,
  };
}

export { aDeployment, aDeploymentTarget } from './testing/deployments.js';
