import {
  isOpen,
  isOwed,
  notificationStatusOf,
  owesBackPort,
  rolesAnywhere,
  stands,
} from '@apollo-deploy/domain';
import type {
  AutomaticSuppression,
  BackupRecord,
  Baseline,
  BreakGlass,
  ChainHead,
  Decline,
  Deployment,
  Entity,
  Environment,
  Hold,
  Notification,
  Plan,
  PlanCount,
  Product,
  Recall,
  Release,
  RollbackDemand,
  RunRecord,
  StoredConstraint,
  Webhook,
} from '@apollo-deploy/domain';
import type {
  ApprovalRecord,
  ApprovalRequestRecord,
  ApprovalRuleRecord,
  DelegationRecord,
} from '../approval-repositories.js';
import type { AuditLink } from '../audit-chain.js';
import type { StoredEvent } from '../event-log.js';
import type {
  AuditEntry,
  EvaluationRecord,
  IdempotencyRecord,
  OutboxMessage,
  ReleaseStateRecord,
  SpokeRecord,
} from '../records.js';
import type { KeySetRecord } from '../key-sets.js';
import type { LeaseRow } from '../leases.js';
import type { OccurrenceRecord } from '../occurrences.js';
import type { SlotHolders } from '../plan-slots.js';
import type { JoinTokenRecord, SessionTokenUse } from '../trust-repositories.js';
import type { ChannelEntry } from '../catalog-repositories.js';
import type { PersonRecord } from '../people-repository.js';
import type { LoginSessionRecord, LogoutTokenUse } from '../login-session-repository.js';
import type { ApiTokenRecord } from '../token-repository.js';
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

/** An audit entry that has no place in the chain yet. */
export interface UnlinkedRow {
  readonly id: string;
}

/** Who this hub is. */
export interface HubIdentityRow {
  readonly id: string;
}

/** The numbers of the oldest and the newest event that are kept; nothing ever = 1 and 0. */
export interface EventRange {
  readonly oldest: number;
  readonly newest: number;
}

/** The place that was given last. */
export interface NotificationNumber {
  readonly last: number;
}

export type ReleaseGroup = 'product' | 'version' | 'chart' | 'dependency';
export type EntityGroup = 'spoke' | 'environment' | 'product' | 'place' | 'productOn' | 'release';
/** `owed` by product, what nobody has reviewed; `untold` all of which nobody was told that they are overdue. */
export type BreakGlassGroup = 'owed' | 'untold';
/** `place` and `underWay`: only those that have not ended; `owing`: those that owe a back-port. */
export type DeploymentGroup = 'service' | 'place' | 'underWay' | 'owing';
export type ApprovalGroup = 'standing' | 'anyStanding' | 'consumedBy';
export type LoginSessionGroup = 'hash' | 'person' | 'subject' | 'sid';
/** `waiting` by receiver, `ended` by how. */
export type NotificationGroup = 'waiting' | 'ended';
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
  /** Of the entries of the audit trail and their links: whether it then is one of `unlinked`. */
  readonly #noteLinked = (id: string): void => {
    const entry = this.audit.slot(id);
    const isUnlinked = entry !== undefined && this.auditLinks.slot(id) === undefined;
    const slot = isUnlinked ? { row: { id }, position: entry.position } : undefined;
    this.unlinked.restore(id, slot);
  };
  readonly environments = new MemoryTable<Environment>((row) => row.name, {});
  readonly products = new MemoryTable<Product>((row) => row.name, {});
  readonly releases = new MemoryTable<Release, ReleaseGroup>((row) => row.id, {
    product: (row) => row.product,
    version: (row) => compositeKey(row.product, row.version),
    chart: (row) => row.chart.sha256,
    dependency: (row) => row.dependencies.map(({ product }) => product),
  });
  readonly constraints = new MemoryTable<StoredConstraint, 'name'>((row) => row.id, {
    name: (row) => row.name,
  });
  readonly recalls = new MemoryTable<Recall, 'product'>((row) => row.id, {
    product: (row) => row.product,
  });
  readonly breakGlasses = new MemoryTable<BreakGlass, BreakGlassGroup>((row) => row.id, {
    owed: (row) => (isOwed(row) ? row.product : undefined),
    untold: (row) => (isOwed(row) && row.overdueToldAt === undefined ? '' : undefined),
  });
  readonly deployments = new MemoryTable<Deployment, DeploymentGroup>((row) => row.id, {
    service: (row) => row.service,
    place: ({ service, environment, endedAt }) =>
      endedAt === undefined ? compositeKey(service, environment) : undefined,
    underWay: (row) => (row.endedAt === undefined ? '' : undefined),
    owing: (row) => (owesBackPort(row) ? '' : undefined),
  });
  readonly people = new MemoryTable<PersonRecord, 'role'>((row) => row.name, {
    role: (row) => (row.disabled || row.machine === true ? undefined : rolesAnywhere(row)),
  });
  readonly apiTokens = new MemoryTable<ApiTokenRecord, 'hash' | 'owner'>((row) => row.id, {
    hash: (row) => row.hash,
    owner: (row) => row.owner,
  });
  readonly loginSessions = new MemoryTable<LoginSessionRecord, LoginSessionGroup>((row) => row.id, {
    hash: (row) => row.hash,
    person: (row) => row.person,
    subject: (row) => vouched(row, row.subject),
    sid: (row) => vouched(row, row.sid),
  });
  readonly logoutTokens = new MemoryTable<LogoutTokenUse>(
    (row) => compositeKey(row.issuer, row.id),
    {},
  );
  readonly approvalRules = new MemoryTable<ApprovalRuleRecord>((row) => row.name, {});
  readonly approvals = new MemoryTable<ApprovalRecord, ApprovalGroup>((row) => row.id, {
    standing: (row) => (stands(row) ? row.entity : undefined),
    anyStanding: (row) => (stands(row) ? '' : undefined),
    consumedBy: (row) => row.consumedBy,
  });
  readonly approvalRequests = new MemoryTable<ApprovalRequestRecord, 'entity'>(
    (row) => compositeKey(row.entity, row.rule),
    { entity: (row) => row.entity },
  );
  readonly delegations = new MemoryTable<DelegationRecord>((row) => row.id, {});
  readonly charts = new MemoryTable<ChartRow>((row) => row.sha256, {});
  readonly channels = new MemoryTable<ChannelEntry, 'product'>(
    (row) => compositeKey(row.product, row.channel, row.version),
    { product: (row) => row.product },
  );
  readonly spokes = new MemoryTable<SpokeRecord>((row) => row.name, {});
  readonly joinTokens = new MemoryTable<JoinTokenRecord, 'spoke'>((row) => row.hash, {
    spoke: (row) => row.spoke,
  });
  readonly sessionTokens = new MemoryTable<SessionTokenUse>(
    (row) => compositeKey(row.spoke, row.id),
    {},
  );
  readonly hubIdentities = new MemoryTable<HubIdentityRow>(() => '', {});
  readonly keySets = new MemoryTable<KeySetRecord>((row) => String(row.version), {});
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
  readonly notifications = new MemoryTable<Notification, NotificationGroup>((row) => row.id, {
    waiting: (row) => (row.nextAttemptAt === undefined ? undefined : row.receiver),
    ended: (row) => (row.nextAttemptAt === undefined ? notificationStatusOf(row) : undefined),
  });
  readonly notificationNumbers = new MemoryTable<NotificationNumber>(() => '', {});
  readonly webhooks = new MemoryTable<Webhook, 'name'>((row) => row.id, {
    name: (row) => row.name,
  });
  readonly audit = new MemoryTable<AuditEntry>((row) => row.id, {}, this.#noteLinked);
  readonly auditLinks = new MemoryTable<AuditLink, 'number'>(
    (row) => row.entryId,
    { number: (row) => String(row.number) },
    this.#noteLinked,
  );
  readonly auditHeads = new MemoryTable<ChainHead>(() => '', {});
  /**
   * Entries without a link, as old as they are. Follows from the tables of these, as `unevaluated`
   * does; so what an older version kept gets its links as well.
   */
  readonly unlinked = new MemoryTable<UnlinkedRow>((row) => row.id, {});
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

/** The key of what a provider calls somebody, or a login of theirs. */
function vouched({ issuer }: LoginSessionRecord, name: string | undefined): string | undefined {
  return issuer === undefined || name === undefined ? undefined : compositeKey(issuer, name);
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
