import { isOpen } from '@apollo-deploy/domain';
import type {
  AutomaticSuppression,
  BackupRecord,
  Baseline,
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
import type { StoredEvent } from '../event-log.js';
import type {
  AuditEntry,
  EvaluationRecord,
  IdempotencyRecord,
  OutboxMessage,
  ReleaseStateRecord,
  SpokeRecord,
} from '../records.js';
import type { LeaseRow } from '../leases.js';
import type { OccurrenceRecord } from '../occurrences.js';
import type { SlotHolders } from '../plan-slots.js';
import type { ChannelEntry } from '../catalog-repositories.js';
import { compositeKey, MemoryTable } from './memory-table.js';

export interface ChartRow {
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

export interface DirtyRow {
  readonly entity: string;
  readonly force: boolean;
}

export interface UnevaluatedRow {
  readonly entity: string;
}

/** The numbers of the oldest and the newest event that are kept; nothing ever = 1 and 0. */
export interface EventRange {
  readonly oldest: number;
  readonly newest: number;
}

export type ReleaseGroup = 'product' | 'version' | 'dependency';
export type EntityGroup = 'spoke' | 'environment' | 'product' | 'place' | 'productOn' | 'release';
export type SuppressionGroup = 'id' | 'environment';
/** `underway` holds those that are Healthy, by their spoke. */
export type RunGroup = 'entity' | 'chart' | 'underway';
/** `timed` holds the blocked plans that time alone may move. */
/** `standing` holds plans by their environment and state. */
/** `executing` and `line` hold plans by each of the holders whose slots they take or want. */
export type PlanGroup =
  'entity' | 'standing' | 'open' | 'executing' | 'timed' | 'blocked' | 'line' | 'pending';

/** Everything a store in memory keeps, with the groups by which it is looked up. */
export class MemoryTables {
  /** Of the tables that a key comes to or leaves: whether it then is one of `unevaluated`. */
  readonly #noteEvaluated = (entity: string): void => {
    const isMissing =
      this.entities.slot(entity) !== undefined &&
      this.evaluations.slot(entity) === undefined &&
      this.dirty.slot(entity) === undefined;
    if (isMissing) this.unevaluated.put(entity, { entity });
    else this.unevaluated.restore(entity, undefined);
  };
  readonly environments = new MemoryTable<Environment>((row) => row.name, {});
  readonly products = new MemoryTable<Product>((row) => row.name, {});
  readonly releases = new MemoryTable<Release, ReleaseGroup>((row) => row.id, {
    product: (row) => row.product,
    version: (row) => compositeKey(row.product, row.version),
    dependency: (row) => row.dependencies.map(({ product }) => product),
  });
  readonly constraints = new MemoryTable<StoredConstraint, 'name'>((row) => row.id, {
    name: (row) => row.name,
  });
  readonly recalls = new MemoryTable<Recall, 'product'>((row) => row.id, {
    product: (row) => row.product,
  });
  readonly charts = new MemoryTable<ChartRow>((row) => row.sha256, {});
  readonly channels = new MemoryTable<ChannelEntry, 'product'>(
    (row) => compositeKey(row.product, row.channel, row.version),
    { product: (row) => row.product },
  );
  readonly spokes = new MemoryTable<SpokeRecord, 'token'>((row) => row.name, {
    token: (row) => row.tokenHash,
  });
  readonly releaseStates = new MemoryTable<ReleaseStateRecord, 'spoke'>(releaseKey, {
    spoke: (row) => row.spoke,
  });
  readonly entities = new MemoryTable<Entity, EntityGroup>(
    (row) => row.name,
    {
      spoke: (row) => row.spoke,
      environment: (row) => row.environment,
      product: (row) => row.product,
      place: (row) => compositeKey(row.environment, row.product),
      productOn: (row) => compositeKey(row.spoke, row.product),
      release: releaseKey,
    },
    this.#noteEvaluated,
  );
  readonly evaluations = new MemoryTable<EvaluationRecord, 'timed'>(
    (row) => row.entity,
    { timed: (row) => (row.recheckAt === undefined ? undefined : '') },
    this.#noteEvaluated,
  );
  /**
   * Entities that were never evaluated and are not marked. Follows from the tables of these, with every
   * write and whatever is taken back, so that nobody looks through all of them and nothing keeps it.
   */
  readonly unevaluated = new MemoryTable<UnevaluatedRow>((row) => row.entity, {});
  readonly plans = new MemoryTable<Plan, PlanGroup>((row) => row.id, {
    entity: (row) => row.entity,
    standing: (row) => compositeKey(row.environment, row.state),
    open: (row) => (isOpen(row.state) ? row.entity : undefined),
    executing: (row) => (row.state === 'EXECUTING' ? slotKeys(row) : undefined),
    timed: ({ state, recheckAt }) =>
      (state === 'PENDING' || state === 'BLOCKED') && recheckAt !== undefined ? '' : undefined,
    blocked: (row) => (row.state === 'BLOCKED' ? row.environment : undefined),
    line: (row) =>
      row.state === 'BLOCKED' && row.inLineSince !== undefined ? slotKeys(row) : undefined,
    pending: (row) => (row.state === 'PENDING' ? '' : undefined),
  });
  readonly planCounts = new MemoryTable<PlanCount, 'day'>(planCountKey, {
    day: (row) => row.day,
  });
  readonly declines = new MemoryTable<Decline, 'entity'>(
    (row) => compositeKey(row.entity, row.contentKey),
    { entity: (row) => row.entity },
  );
  readonly suppressions = new MemoryTable<AutomaticSuppression, SuppressionGroup>(
    (row) => row.entity,
    { id: (row) => row.id, environment: (row) => row.environment },
  );
  readonly holds = new MemoryTable<Hold, 'id'>((row) => row.entity, { id: (row) => row.id });
  readonly baselines = new MemoryTable<Baseline, 'entity'>(baselineKey, {
    entity: (row) => row.entity,
  });
  readonly rollbackDemands = new MemoryTable<RollbackDemand>((row) => row.entity, {});
  readonly runs = new MemoryTable<RunRecord, RunGroup>(
    (row) => compositeKey(row.entity, row.chartSha256),
    {
      entity: (row) => row.entity,
      chart: (row) => row.chartSha256,
      underway: (row) => (row.healthySince === undefined ? undefined : row.spoke),
    },
  );
  readonly backups = new MemoryTable<BackupRecord, 'requested'>(backupKey, {
    requested: (row) => (row.status === 'requested' ? '' : undefined),
  });
  readonly dirty = new MemoryTable<DirtyRow>((row) => row.entity, {}, this.#noteEvaluated);
  readonly outbox = new MemoryTable<OutboxMessage, 'spoke' | 'plan'>((row) => row.id, {
    spoke: (row) => row.spoke,
    plan: (row) => row.planId,
  });
  readonly audit = new MemoryTable<AuditEntry>((row) => row.id, {});
  readonly idempotency = new MemoryTable<IdempotencyRecord>(
    (row) => compositeKey(row.principal, row.key),
    {},
  );
  readonly events = new MemoryTable<StoredEvent>((row) => row.id, {});
  readonly eventRanges = new MemoryTable<EventRange>(() => '', {});
  readonly leases = new MemoryTable<LeaseRow>((row) => row.name, {});
  readonly occurrences = new MemoryTable<OccurrenceRecord, 'schedule'>(occurrenceKey, {
    schedule: (row) => row.schedule,
  });
}

/** The keys of those whose slots a plan takes. */
function slotKeys({ environment, product, spoke }: Plan): readonly string[] {
  return [
    slotKey('environments', environment),
    slotKey('products', product),
    slotKey('spokes', spoke),
  ];
}

/** The key of one that has slots. */
export function slotKey(kind: keyof SlotHolders, name: string): string {
  return compositeKey(kind, name);
}

/** One instant has one key, however it is written. */
export function occurrenceKey({ schedule, startsAt }: OccurrenceRecord): string {
  return compositeKey(schedule, new Date(startsAt).toISOString());
}

/** The key of the backup of one release head. */
export function backupKey(row: Pick<BackupRecord, 'entity' | 'releaseDigest'>): string {
  return compositeKey(row.entity, row.releaseDigest);
}

/** The key of one content that succeeded on an entity. */
export function baselineKey(row: Pick<Baseline, 'entity' | 'contentKey'>): string {
  return compositeKey(row.entity, row.contentKey);
}

/** The key of a counter. */
export function planCountKey(row: PlanCount): string {
  return compositeKey(row.day, row.environment, row.product, row.type, row.counter);
}

/** The key of a Helm release on a spoke. */
export function releaseKey(
  row: Pick<ReleaseStateRecord, 'spoke' | 'namespace' | 'releaseName'>,
): string {
  return compositeKey(row.spoke, row.namespace, row.releaseName);
}
