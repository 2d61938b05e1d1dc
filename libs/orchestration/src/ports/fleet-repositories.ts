import type { Entity } from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import type { AlreadyExists } from './already-exists.js';
import type { DependentPlace, PlacedEntity, ProviderPlace } from './neighbourhood.js';
import type { Page, PageRequest } from './page.js';
import type { VersionConflict } from './plan-storage.js';
import type { ReleaseStateRecord, ReleaseSummary, SpokeRecord } from './records.js';

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
  /**
   * As `getMany`, by name, and none of them changes until this transaction ends: who locks, saves or
   * hears one waits for that, and this waits for who does. Any number of transactions may at once.
   */
  lockShared(names: readonly string[]): Promise<readonly SpokeRecord[]>;
  insert(spoke: SpokeRecord): Promise<Result<SpokeRecord, AlreadyExists>>;
  /** Replaces the record; call it under `lock`. That one is revoked is told to all replicas. */
  save(spoke: SpokeRecord): Promise<void>;
  /** Notes when these spokes were last heard, all at once. Earlier instants than stored are ignored. */
  seen(at: ReadonlyMap<string, string>): Promise<void>;
  /** Names of spokes last heard in one of these ranges and not revoked, in order. */
  lastHeardIn(ranges: readonly InstantRange[]): Promise<readonly string[]>;
  /** By name; `environments` absent = in all. */
  list(page: PageRequest, environments?: readonly string[]): Promise<Page<SpokeRecord>>;
}

export interface ReleaseFilter {
  readonly spoke: string;
  /** True: only releases that no entity stands for. */
  readonly unmanaged: boolean;
}

export interface ReleaseStateRepository {
  get(
    spoke: string,
    namespace: string,
    releaseName: string,
  ): Promise<ReleaseStateRecord | undefined>;
  ofSpoke(spoke: string): Promise<readonly ReleaseStateRecord[]>;
  /** By namespace, then name; `next` is a `namespace/releaseName`. */
  list(filter: ReleaseFilter, page: PageRequest): Promise<Page<ReleaseSummary>>;
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
  /** In one of these; absent = in all, none = nowhere. */
  readonly environments?: readonly string[];
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
