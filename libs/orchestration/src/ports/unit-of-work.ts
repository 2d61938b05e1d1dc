import type { Decline, StoredConstraint } from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import type {
  ApprovalRepository,
  ApprovalRequestRepository,
  ApprovalRuleRepository,
  DelegationRepository,
} from './approval-repositories.js';
import type { BreakGlassRepository } from './break-glass-repository.js';
import type { DeploymentRepository } from './deployment-repository.js';
import type { KeySetRepository } from './key-sets.js';
import type { LeaseRepository } from './leases.js';
import type { OccurrenceRepository } from './occurrences.js';
import type { AuditChain } from './audit-chain.js';
import type { AnalyticsRepository } from './analytics-repository.js';
import type { EventLog } from './event-log.js';
import type { AlreadyExists } from './already-exists.js';
import type { Page, PageRequest } from './page.js';
import type { NotificationRepository } from './notification-repository.js';
import type { PeopleRepository } from './people-repository.js';
import type { LoginSessionRepository } from './login-session-repository.js';
import type { TokenRepository } from './token-repository.js';
import type { PlanStorage } from './plan-storage.js';
import type { WebhookRepository } from './webhook-repository.js';
import type { AutomaticSuppressionRepository, HoldRepository } from './restraint-repositories.js';
import type { RecallRepository } from './recalls.js';
import type { AuditEntry, EvaluationRecord, IdempotencyRecord, OutboxMessage } from './records.js';
import type { BaselineRepository, RollbackDemandRepository } from './rollback-repositories.js';
import type { BackupRepository } from './backup-repository.js';
import type { RunRepository } from './run-repository.js';
import type {
  HubIdentityRepository,
  JoinTokenRepository,
  SessionTokenRepository,
} from './trust-repositories.js';
import type {
  EnvironmentRepository,
  ProductRepository,
  ReleaseRepository,
  ChartRepository,
  ChannelRepository,
} from './catalog-repositories.js';
import type {
  SpokeRepository,
  ReleaseStateRepository,
  EntityRepository,
} from './fleet-repositories.js';

/**
 * The repositories of one transaction. Only usable while its `transact` runs.
 *
 * Whoever locks several takes them in this order, and several of a kind in the order of their names:
 * person, lease, spoke, environment, product, runs, then what belongs to one entity after another;
 * webhooks, and places of notifications, come last of all, by themselves. So two that need the same rows wait in line
 * and never for each other. One exception: a success that does not stay locks its environment last, as
 * it is known only then; if that meets another, the store has one of the two run again.
 */
export interface UnitOfWork {
  readonly environments: EnvironmentRepository;
  readonly products: ProductRepository;
  readonly releases: ReleaseRepository;
  readonly charts: ChartRepository;
  readonly constraints: ConstraintRepository;
  readonly recalls: RecallRepository;
  readonly breakGlasses: BreakGlassRepository;
  readonly deployments: DeploymentRepository;
  readonly people: PeopleRepository;
  readonly approvalRules: ApprovalRuleRepository;
  readonly approvals: ApprovalRepository;
  readonly approvalRequests: ApprovalRequestRepository;
  readonly delegations: DelegationRepository;
  readonly tokens: TokenRepository;
  readonly loginSessions: LoginSessionRepository;
  readonly channels: ChannelRepository;
  readonly spokes: SpokeRepository;
  readonly joinTokens: JoinTokenRepository;
  readonly sessionTokens: SessionTokenRepository;
  readonly hubIdentity: HubIdentityRepository;
  readonly keySets: KeySetRepository;
  readonly releaseStates: ReleaseStateRepository;
  readonly entities: EntityRepository;
  readonly evaluations: EvaluationRepository;
  readonly plans: PlanStorage;
  readonly analytics: AnalyticsRepository;
  readonly declines: DeclineRepository;
  readonly baselines: BaselineRepository;
  readonly rollbackDemands: RollbackDemandRepository;
  readonly suppressions: AutomaticSuppressionRepository;
  readonly holds: HoldRepository;
  readonly backups: BackupRepository;
  readonly runs: RunRepository;
  readonly dirty: DirtyQueue;
  readonly outbox: Outbox;
  readonly notifications: NotificationRepository;
  readonly webhooks: WebhookRepository;
  readonly audit: AuditTrail;
  readonly auditChain: AuditChain;
  readonly idempotency: IdempotencyRepository;
  readonly leases: LeaseRepository;
  readonly occurrences: OccurrenceRepository;
  readonly events: EventLog;
  /**
   * Commits together with the one statement that `ask` makes, where the store is a database: one
   * message and one answer less. What it answers is kept already, whatever the work does afterwards,
   * and nothing can be asked for after it.
   */
  finish<T>(ask: () => Promise<T>): Promise<T>;
}

/** Constraints that people made. There are few, and the engine wants them all. */
export interface ConstraintRepository {
  get(id: string): Promise<StoredConstraint | undefined>;
  /** All of them, in the order of their ids. */
  all(): Promise<readonly StoredConstraint[]>;
  /** Keeps it as version 1. Refused if the name is taken, whatever the kind. */
  insert(constraint: StoredConstraint): Promise<Result<StoredConstraint, AlreadyExists>>;
  /** Takes it out and gives its name free. False if there is none of that id. */
  remove(id: string): Promise<boolean>;
  /** In the order of their ids; `kind` absent = of all kinds. */
  list(kind: string | undefined, page: PageRequest): Promise<Page<StoredConstraint>>;
}

export interface EvaluationRepository {
  getMany(entities: readonly string[]): Promise<readonly EvaluationRecord[]>;
  /** Entities that were never evaluated and that nobody has marked, in any order, at most `limit`. */
  missing(limit: number): Promise<readonly string[]>;
  put(records: readonly EvaluationRecord[]): Promise<void>;
  /**
   * Entities whose evaluation has a `recheckAt` at or before `now` and that nobody has marked yet,
   * the longest due first, at most `limit`. They stay due until they are marked, and after that until
   * their evaluation is put with another instant, or without.
   */
  dueAt(now: string, limit: number): Promise<readonly string[]>;
  /** The first `recheckAt` of an evaluation after `now`; RFC 3339. */
  nextDueAfter(now: string): Promise<string | undefined>;
}

export interface DeclineRepository {
  ofEntities(entities: readonly string[]): Promise<readonly Decline[]>;
  /** One for each entity and content; the newest counts. */
  put(decline: Decline): Promise<void>;
  remove(entity: string, contentKey: string): Promise<void>;
}

/** Entities that something changed for. Marked in the transaction that changed it. */
export interface DirtyQueue {
  /** Repeated marks are harmless; `force` lets declined content be proposed again. */
  mark(entities: readonly string[], force?: boolean): Promise<void>;
  /**
   * Takes up to `limit` marked entities out of the queue, each once; those that another transaction
   * is taking are skipped. A rollback puts them back.
   */
  take(limit: number): Promise<readonly { readonly entity: string; readonly force: boolean }[]>;
}

export interface Outbox {
  add(message: OutboxMessage): Promise<void>;
  /**
   * Messages for these spokes that are not acknowledged, in the order they were written, without
   * those whose ids are in `skip`: whoever has them already need not read their payloads again. None
   * for a spoke that is revoked.
   */
  pending(spokes: readonly string[], skip?: readonly string[]): Promise<readonly OutboxMessage[]>;
  /** Takes out an acknowledged message of this spoke; unknown ids are ignored. */
  acknowledge(spoke: string, id: string): Promise<void>;
  /** Takes out every message of a plan that has ended. */
  removeOfPlan(planId: string): Promise<void>;
}

export interface AuditFilter {
  readonly actor?: string;
  readonly subject?: string;
  readonly from?: string;
}

export interface AuditTrail {
  append(entry: AuditEntry): Promise<void>;
  has(id: string): Promise<boolean>;
  /** Oldest first; nothing after an id that there is not. */
  list(filter: AuditFilter, page: PageRequest): Promise<Page<AuditEntry>>;
}

export interface IdempotencyRepository {
  get(principal: string, key: string): Promise<IdempotencyRecord | undefined>;
  insert(record: IdempotencyRecord): Promise<Result<IdempotencyRecord, AlreadyExists>>;
  /** Writes it in the place of the one of the same principal and key, or where there is none. */
  put(record: IdempotencyRecord): Promise<void>;
  /** Takes out every record that was made before this instant (RFC 3339). */
  forgetBefore(instant: string): Promise<void>;
}
