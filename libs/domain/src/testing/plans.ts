import { jsonDigest, sha256Hex } from '@apollo-deploy/kernel';
import type { Baseline } from '../plans/baseline.js';
import { contentKey, type Plan, type PlanContent, planDigest } from '../plans/plan.js';
import type { RollbackDemand } from '../plans/rollback-demand.js';
import type { RunRecord } from '../runs/run-record.js';

const CREATED_AT = '2026-01-05T08:00:00.000Z';

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
