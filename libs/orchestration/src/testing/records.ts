import type {
  BackupRecord,
  Baseline,
  AutomaticSuppression,
  Decline,
  Entity,
  Environment,
  Hold,
  Plan,
  PlanCount,
  Product,
  Recall,
  Release,
  RollbackDemand,
  RunRecord,
  StoredConstraint,
} from '@apollo-deploy/domain';
import type { NewEvent } from '../ports/event-log.js';
import type {
  AuditEntry,
  EvaluationRecord,
  IdempotencyRecord,
  OutboxMessage,
  ReleaseStateRecord,
  SpokeRecord,
} from '../ports/records.js';
import type { OccurrenceRecord } from '../ports/occurrences.js';
import type { ChannelEntry } from '../ports/unit-of-work.js';

const NOON = '2026-03-02T12:00:00.000Z';

export function anEnvironment(change: Partial<Environment> = {}): Environment {
  return {
    name: 'dev',
    tier: 'development',
    channel: 'dev',
    execution: 'automatic',
    rollbackOnFailure: true,
    createdAt: NOON,
    version: 1,
    ...change,
  };
}

export function anEvent(change: Partial<NewEvent> = {}): NewEvent {
  return {
    at: NOON,
    type: 'plan.proposed',
    subject: {
      kind: 'plan',
      name: 'plan-1',
      entity: 'test-service-dev',
      environment: 'dev',
      product: 'test-service',
    },
    data: { state: 'PENDING' },
    ...change,
  };
}

export function aProduct(change: Partial<Product> = {}): Product {
  return {
    name: 'test-service',
    criticality: 'medium',
    rolloutTimeoutSeconds: 300,
    labels: {},
    createdAt: NOON,
    version: 1,
    ...change,
  };
}

export function aRelease(change: Partial<Release> = {}): Release {
  const version = change.version ?? '1.0.0';
  const product = change.product ?? 'test-service';
  return {
    id: `release-${product}-${version}`,
    product,
    version,
    chart: { name: product, version, sha256: 'c'.repeat(64), size: 2048 },
    dependencies: [],
    createdAt: NOON,
    createdBy: 'dev-operator',
    ...change,
  };
}

export function aRecall(change: Partial<Recall> = {}): Recall {
  return {
    id: 'recall-1',
    product: 'test-service',
    range: '>=1.1.0 <1.2.0',
    strategy: 'forward',
    reason: 'It loses orders',
    createdBy: 'dev-operator',
    createdAt: NOON,
    ...change,
  };
}

/** A freeze of everything. */
export function aConstraint(change: Partial<StoredConstraint> = {}): StoredConstraint {
  const id = change.id ?? 'constraint-1';
  return {
    id,
    name: `name-of-${id}`,
    kind: 'suppression_window',
    spec: {
      start: '2026-12-20T00:00:00.000Z',
      end: '2027-01-02T00:00:00.000Z',
      reason: 'Holiday freeze',
    },
    scope: {},
    createdBy: 'sre-1',
    createdAt: NOON,
    version: 1,
    ...change,
  };
}

export function aChannelEntry(change: Partial<ChannelEntry> = {}): ChannelEntry {
  return {
    channel: 'dev',
    product: 'test-service',
    version: '1.0.0',
    addedAt: NOON,
    addedBy: 'dev-operator',
    ...change,
  };
}

export function aSpoke(change: Partial<SpokeRecord> = {}): SpokeRecord {
  const name = change.name ?? 'spoke-a';
  return {
    name,
    environment: 'dev',
    tokenHash: `token-of-${name}`,
    tokenExpiresAt: NOON,
    tokenUsed: false,
    revoked: false,
    epoch: 0,
    connected: false,
    createdAt: NOON,
    ...change,
  };
}

export function aReleaseState(change: Partial<ReleaseStateRecord> = {}): ReleaseStateRecord {
  return {
    spoke: 'spoke-a',
    namespace: 'test-service',
    releaseName: 'test-service',
    digest: 'd1',
    report: { release: { revision: 1 } },
    ...change,
  };
}

export function anEntity(change: Partial<Entity> = {}): Entity {
  const name = change.name ?? 'test-service-dev';
  return {
    name,
    spoke: 'spoke-a',
    environment: 'dev',
    product: 'test-service',
    namespace: 'test-service',
    releaseName: name,
    desired: { channel: 'dev' },
    values: {},
    labels: {},
    strategy: 'rolling',
    editedBy: 'dev-operator',
    createdAt: NOON,
    updatedAt: NOON,
    version: 1,
    ...change,
  };
}

/** A PENDING install of version 1.0.0. Its digests are placeholders. */
export function aPlan(change: Partial<Plan> = {}): Plan {
  const entity = change.entity ?? 'test-service-dev';
  return {
    id: 'plan-1',
    entity,
    environment: 'dev',
    spoke: 'spoke-a',
    product: 'test-service',
    type: 'install',
    planClass: 'ordinary',
    state: 'PENDING',
    content: {
      entity,
      spoke: 'spoke-a',
      namespace: 'test-service',
      releaseName: entity,
      type: 'install',
      base: null,
      chart: { name: 'test-service', version: '1.0.0', sha256: 'c'.repeat(64) },
      valuesDigest: 'v'.repeat(64),
      strategy: 'rolling',
      rolloutTimeoutSeconds: 300,
    },
    digest: 'd'.repeat(64),
    contentKey: 'k'.repeat(64),
    values: {},
    from: null,
    to: { version: '1.0.0' },
    reason: 'nothing is installed yet',
    passedOver: [],
    violations: [],
    attempt: 1,
    createdAt: NOON,
    version: 1,
    ...change,
  };
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
  return {
    entity: 'test-service-dev',
    planId: 'plan-1',
    version: '1.0.0',
    chart: { name: 'test-service', version: '1.0.0', sha256: 'c'.repeat(64) },
    values: { replicas: 2 },
    valuesDigest: 'v'.repeat(64),
    contentKey: 'k'.repeat(64),
    at: NOON,
    how: 'plan',
    ...change,
  };
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

/** Back to `aBaseline`, because plan-2 failed. */
export function aRollbackDemand(change: Partial<RollbackDemand> = {}): RollbackDemand {
  const { version, chart, values, valuesDigest, contentKey } = aBaseline();
  return {
    id: 'demand-1',
    entity: 'test-service-dev',
    to: { version, chart, values, valuesDigest, contentKey },
    because: 'plan-2',
    reason: 'plan plan-2 failed',
    at: NOON,
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

export function anOutboxMessage(change: Partial<OutboxMessage> = {}): OutboxMessage {
  return {
    id: 'message-1',
    spoke: 'spoke-a',
    type: 'plan.offer',
    planId: 'plan-1',
    payload: { plan: { id: 'plan-1' } },
    createdAt: NOON,
    ...change,
  };
}

export function anAuditEntry(change: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: 'audit-1',
    at: NOON,
    actor: 'dev-operator',
    actorKind: 'person',
    action: 'release.register',
    subject: 'release/test-service@1.0.0',
    detail: {},
    ...change,
  };
}

export function anIdempotencyRecord(change: Partial<IdempotencyRecord> = {}): IdempotencyRecord {
  return {
    principal: 'dev-operator',
    key: 'key-1',
    requestDigest: 'r'.repeat(64),
    status: 201,
    body: { name: 'test-service' },
    createdAt: NOON,
    ...change,
  };
}

export function anOccurrence(change: Partial<OccurrenceRecord> = {}): OccurrenceRecord {
  return {
    schedule: 'constraint-1',
    startsAt: NOON,
    endsAt: '2026-03-02T16:00:00.000Z',
    missed: 0,
    claimedAt: NOON,
    ...change,
  };
}

/** Version 1.0.0, Healthy since noon. */
export function aRun(change: Partial<RunRecord> = {}): RunRecord {
  return {
    entity: 'test-service-dev',
    chartSha256: 'c'.repeat(64),
    version: '1.0.0',
    product: 'test-service',
    spoke: 'spoke-a',
    environment: 'dev',
    tier: 'development',
    planId: 'plan-1',
    provenAt: NOON,
    healthyMs: 0,
    healthySince: NOON,
    ...change,
  };
}

/** Of test-service-dev, asked for. */
export function aBackup(change: Partial<BackupRecord> = {}): BackupRecord {
  return {
    entity: 'test-service-dev',
    releaseDigest: 'head-1',
    status: 'requested',
    by: 'release snapshot',
    at: NOON,
    covers: 'chart and values',
    ...change,
  };
}
