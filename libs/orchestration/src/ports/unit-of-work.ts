import type {
  Decline,
  Entity,
  Environment,
  Product,
  Release,
  StoredConstraint,
} from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import type { LeaseRepository } from './leases.js';
import type { OccurrenceRepository } from './occurrences.js';
import type { AnalyticsRepository } from './analytics-repository.js';
import type { EventLog } from './event-log.js';
import type {
  Declaration,
  DependentPlace,
  PlacedEntity,
  ProductNeed,
  ProviderPlace,
} from './neighbourhood.js';
import type { AlreadyExists } from './already-exists.js';
import type { Page, PageRequest } from './page.js';
import type { PlanStorage, VersionConflict } from './plan-storage.js';
import type { AutomaticSuppressionRepository, HoldRepository } from './restraint-repositories.js';
import type { RecallRepository } from './recalls.js';
import type {
  AuditEntry,
  EvaluationRecord,
  IdempotencyRecord,
  OutboxMessage,
  ReleaseStateRecord,
  ReleaseSummary,
  SpokeRecord,
} from './records.js';
import type { BaselineRepository, RollbackDemandRepository } from './rollback-repositories.js';
import type { BackupRepository } from './backup-repository.js';
import type { RunRepository } from './run-repository.js';

/**
 * The repositories of one transaction. Only usable while its `transact` runs.
 *
 * Whoever locks several takes them in this order, and several of a kind in the order of their names:
 * lease, spoke, environment, product, runs, then what belongs to one entity after another. So two
 * that need the same rows wait in line and never for each other. One exception: a success that does not
 * stay locks its environment last, as it is known only then; if that meets another, the store has one
 * of the two run again.
 */
export interface UnitOfWork {
  readonly environments: EnvironmentRepository;
  readonly products: ProductRepository;
  readonly releases: ReleaseRepository;
  readonly charts: ChartRepository;
  readonly constraints: ConstraintRepository;
  readonly recalls: RecallRepository;
  readonly channels: ChannelRepository;
  readonly spokes: SpokeRepository;
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
  readonly audit: AuditTrail;
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

export interface EnvironmentRepository {
  get(name: string): Promise<Environment | undefined>;
  /** As `get`, and nobody else gets past its own `lock` of it until this transaction ends. */
  lock(name: string): Promise<Environment | undefined>;
  getMany(names: readonly string[]): Promise<readonly Environment[]>;
  insert(environment: Environment): Promise<Result<Environment, AlreadyExists>>;
  /** Writes only if the stored version is `environment.version`; answers the next version. */
  save(environment: Environment): Promise<Result<Environment, VersionConflict>>;
  list(page: PageRequest): Promise<Page<Environment>>;
}

export interface ProductRepository {
  get(name: string): Promise<Product | undefined>;
  getMany(names: readonly string[]): Promise<readonly Product[]>;
  /**
   * If the product has a `maxConcurrent`, nobody else gets past its own call for the same product
   * until this transaction ends. Call it after `environments.lock`, never before.
   */
  lockLimited(name: string): Promise<void>;
  insert(product: Product): Promise<Result<Product, AlreadyExists>>;
  save(product: Product): Promise<Result<Product, VersionConflict>>;
  list(page: PageRequest): Promise<Page<Product>>;
}

export interface ReleaseRepository {
  get(product: string, version: string): Promise<Release | undefined>;
  getById(id: string): Promise<Release | undefined>;
  /** Every release of these products. */
  ofProducts(products: readonly string[]): Promise<readonly Release[]>;
  /** Refused if the product has this version already. */
  insert(release: Release): Promise<Result<Release, AlreadyExists>>;
  /**
   * Which products need which, where one of the two is one of these: each pair once, by the releases
   * of all versions.
   */
  needs(products: readonly string[]): Promise<readonly ProductNeed[]>;
  /** What these releases declare, those that exist, and every release of the `whole` products. */
  declarations(
    releases: readonly Pick<Release, 'product' | 'version'>[],
    whole: readonly string[],
  ): Promise<readonly Declaration[]>;
  /** In the order of their ids; `product` absent = of all products. */
  list(product: string | undefined, page: PageRequest): Promise<Page<Release>>;
}

/** Chart archives by the SHA-256 of their bytes. */
export interface ChartRepository {
  /** Keeps the bytes; the same ones twice are one. */
  put(sha256: string, bytes: Uint8Array): Promise<void>;
  get(sha256: string): Promise<Uint8Array | undefined>;
}

/** A release that was put into a channel. */
export interface ChannelEntry {
  readonly channel: string;
  readonly product: string;
  readonly version: string;
  readonly addedAt: string;
  readonly addedBy: string;
}

export interface ChannelRepository {
  /** False if the channel holds that release already. */
  add(entry: ChannelEntry): Promise<boolean>;
  /** Every entry of these products, in all channels. */
  ofProducts(products: readonly string[]): Promise<readonly ChannelEntry[]>;
  /** Names of the channels that hold anything, in order. */
  names(): Promise<readonly string[]>;
}

/** After one instant, if given, up to and with another. RFC 3339. */
export interface InstantRange {
  readonly after?: string;
  readonly until: string;
}

export interface SpokeRepository {
  get(name: string): Promise<SpokeRecord | undefined>;
  /** As `get`, and locked until this transaction ends. */
  lock(name: string): Promise<SpokeRecord | undefined>;
  getMany(names: readonly string[]): Promise<readonly SpokeRecord[]>;
  byTokenHash(tokenHash: string): Promise<SpokeRecord | undefined>;
  insert(spoke: SpokeRecord): Promise<Result<SpokeRecord, AlreadyExists>>;
  /** Replaces the record; call it under `lock`. */
  save(spoke: SpokeRecord): Promise<void>;
  /** Notes when these spokes were last heard, all at once. Earlier instants than stored are ignored. */
  seen(at: ReadonlyMap<string, string>): Promise<void>;
  /** Names of spokes last heard in one of these ranges and not revoked, in order. */
  lastHeardIn(ranges: readonly InstantRange[]): Promise<readonly string[]>;
  list(page: PageRequest): Promise<Page<SpokeRecord>>;
}

export interface ReleaseStateRepository {
  get(
    spoke: string,
    namespace: string,
    releaseName: string,
  ): Promise<ReleaseStateRecord | undefined>;
  ofSpoke(spoke: string): Promise<readonly ReleaseStateRecord[]>;
  /** Of these releases what is to be evaluated by, those that exist. */
  summaries(
    keys: readonly Pick<ReleaseStateRecord, 'spoke' | 'namespace' | 'releaseName'>[],
  ): Promise<readonly ReleaseSummary[]>;
  put(records: readonly ReleaseStateRecord[]): Promise<void>;
  remove(
    keys: readonly Pick<ReleaseStateRecord, 'spoke' | 'namespace' | 'releaseName'>[],
  ): Promise<void>;
}

export interface EntityFilter {
  readonly environment?: string;
  readonly product?: string;
  readonly spoke?: string;
}

export interface EntityRepository {
  get(name: string): Promise<Entity | undefined>;
  getMany(names: readonly string[]): Promise<readonly Entity[]>;
  byRelease(spoke: string, namespace: string, releaseName: string): Promise<Entity | undefined>;
  /** In the order of their names. */
  ofSpokes(spokes: readonly string[]): Promise<readonly Entity[]>;
  ofProduct(product: string): Promise<readonly Entity[]>;
  /** Entities of these products in these environments, in the order of their names. */
  ofProductsIn(
    environments: readonly string[],
    products: readonly string[],
  ): Promise<readonly Entity[]>;
  /** Where these products have an entity, each environment once, by product and environment. */
  environmentsOf(
    products: readonly string[],
  ): Promise<readonly { readonly product: string; readonly environment: string }[]>;
  /**
   * Where a dependency on each product leads to from each spoke: the product's entities on the spoke,
   * if one of them is installed, else all in the environment.
   */
  providersFor(places: readonly ProviderPlace[]): Promise<readonly PlacedEntity[]>;
  /**
   * Whose dependency on each product leads to each spoke: the dependent product's entities on it, and
   * those on other spokes of the environment where the product is not installed.
   */
  dependentsAt(places: readonly DependentPlace[]): Promise<readonly PlacedEntity[]>;
  /** Names of the entities of these environments, in order. */
  namesIn(environments: readonly string[]): Promise<readonly string[]>;
  /** How many entities each of these environments has. */
  countIn(environments: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Refused if the name, or the release on the spoke, is taken. */
  insert(entity: Entity): Promise<Result<Entity, AlreadyExists>>;
  save(entity: Entity): Promise<Result<Entity, VersionConflict>>;
  list(filter: EntityFilter, page: PageRequest): Promise<Page<Entity>>;
  /** Names only, in order, for a sweep over all. */
  names(page: PageRequest): Promise<Page<string>>;
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
   * those whose ids are in `skip`: whoever has them already need not read their payloads again.
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
  /** Oldest first. */
  list(filter: AuditFilter, page: PageRequest): Promise<Page<AuditEntry>>;
}

export interface IdempotencyRepository {
  get(principal: string, key: string): Promise<IdempotencyRecord | undefined>;
  insert(record: IdempotencyRecord): Promise<Result<IdempotencyRecord, AlreadyExists>>;
  /** Takes out every record that was made before this instant (RFC 3339). */
  forgetBefore(instant: string): Promise<void>;
}
