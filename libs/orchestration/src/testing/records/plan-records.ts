import type {
  AutomaticSuppression,
  Baseline,
  Decline,
  Hold,
  Plan,
  PlanCount,
  RollbackDemand,
} from '@apollo-deploy/domain';
import * as domain from '@apollo-deploy/domain/testing';
import type { EvaluationRecord } from '../../ports/records.js';
import { NOON } from './noon.js';

/** A PENDING install of version 1.0.0. Its digests are placeholders. */
export function aPlan(change: Partial<Plan> = {}): Plan {
  const { entity = 'test-service-dev' } = change;
  return domain.aPlan({
    entity,
    product: 'test-service',
    content: domain.aPlanContent({
      entity,
      spoke: 'spoke-a',
      namespace: 'test-service',
      releaseName: entity,
      chart: { name: 'test-service', version: '1.0.0', sha256: 'c'.repeat(64) },
      valuesDigest: 'v'.repeat(64),
    }),
    digest: 'd'.repeat(64),
    contentKey: 'k'.repeat(64),
    reason: 'nothing is installed yet',
    createdAt: NOON,
    ...change,
  });
}

/** One upgrade that succeeded. */
export function aPlanCount(change: Partial<PlanCount> = {}): PlanCount {
  return {
    day: '2026-03-02',
    type: 'upgrade',
    product: 'test-service',
    environment: 'dev',
    counter: 'succeeded',
    amount: 1,
    ...change,
  };
}

export function anEvaluation(change: Partial<EvaluationRecord> = {}): EvaluationRecord {
  return {
    entity: 'test-service-dev',
    at: NOON,
    code: 'up_to_date',
    why: 'what is reported is what is wanted',
    target: { version: '1.0.0', reason: 'the newest release in channel dev' },
    ...change,
  };
}

export function aDecline(change: Partial<Decline> = {}): Decline {
  return {
    entity: 'test-service-dev',
    contentKey: 'k'.repeat(64),
    planId: 'plan-1',
    by: 'spoke spoke-a',
    at: NOON,
    why: 'the pod test-service-0 is in CrashLoopBackOff',
    failures: 1,
    standing: true,
    ...change,
  };
}

/** Version 1.0.0 with values, brought by a plan. */
export function aBaseline(change: Partial<Baseline> = {}): Baseline {
  return domain.aBaseline({
    entity: 'test-service-dev',
    chart: { name: 'test-service', version: '1.0.0', sha256: 'c'.repeat(64) },
    valuesDigest: 'v'.repeat(64),
    contentKey: 'k'.repeat(64),
    at: NOON,
    ...change,
  });
}

/** Back to `aBaseline`, because plan-2 failed. */
export function aRollbackDemand(change: Partial<RollbackDemand> = {}): RollbackDemand {
  const { version, chart, values, valuesDigest, contentKey } = aBaseline();
  return domain.aRollbackDemand({
    entity: 'test-service-dev',
    to: { version, chart, values, valuesDigest, contentKey },
    at: NOON,
    ...change,
  });
}

/** After one failure, for half an hour from noon. */
export function aSuppression(change: Partial<AutomaticSuppression> = {}): AutomaticSuppression {
  const entity = change.entity ?? 'test-service-dev';
  return {
    id: `suppression-of-${entity}`,
    entity,
    environment: 'dev',
    from: NOON,
    until: '2026-03-02T12:30:00.000Z',
    failures: 1,
    planId: 'plan-1',
    contentKey: 'k'.repeat(64),
    reason: 'unhealthy: the pod test-service-0 is in CrashLoopBackOff',
    ...change,
  };
}

/** Left by a rollback from 1.1.0 to 1.0.0. */
export function aHold(change: Partial<Hold> = {}): Hold {
  const entity = change.entity ?? 'test-service-dev';
  return {
    id: `hold-of-${entity}`,
    entity,
    fixes: {
      version: '1.0.0',
      chartSha256: 'c'.repeat(64),
      values: { replicas: 2 },
      valuesDigest: 'v'.repeat(64),
    },
    until: 'newer',
    reason: '1.1.0 was rolled back',
    cause: 'rollback',
    by: 'apollo',
    at: NOON,
    planId: 'plan-2',
    above: { version: '1.1.0', valuesDigest: 'v'.repeat(64) },
    ...change,
  };
}
