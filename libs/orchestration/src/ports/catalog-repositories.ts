import type { Environment, Product, Release } from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import type { AlreadyExists } from './already-exists.js';
import type { Declaration, ProductNeed } from './neighbourhood.js';
import type { Page, PageRequest } from './page.js';
import type { VersionConflict } from './plan-storage.js';

export interface EnvironmentRepository {
  get(name: string): Promise<Environment | undefined>;
  /** As `get`, and nobody else gets past its own `lock` of it until this transaction ends. */
  lock(name: string): Promise<Environment | undefined>;
  getMany(names: readonly string[]): Promise<readonly Environment[]>;
  insert(environment: Environment): Promise<Result<Environment, AlreadyExists>>;
  /** Writes only if the stored version is `environment.version`; answers the next version. */
  save(environment: Environment): Promise<Result<Environment, VersionConflict>>;
  /** By name; of these names only, or of all where they are absent. */
  list(page: PageRequest, names?: readonly string[]): Promise<Page<Environment>>;
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
  /** As `get`, if it is the chart of a release of a product that the spoke has an entity of. */
  getFor(spoke: string, sha256: string): Promise<Uint8Array | undefined>;
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
