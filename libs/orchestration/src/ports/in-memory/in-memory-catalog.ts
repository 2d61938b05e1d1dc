import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { Entity, Environment, Product, Release } from '@apollo-deploy/domain';
import type { Declaration, ProductNeed } from '../neighbourhood.js';
import type { Page, PageRequest } from '../page.js';
import type { AlreadyExists } from '../already-exists.js';
import type {
  ChannelEntry,
  ChannelRepository,
  ChartRepository,
  EnvironmentRepository,
  ProductRepository,
  ReleaseRepository,
} from '../catalog-repositories.js';
import { pageByKey } from './memory-lists.js';
import { compositeKey, TableView } from './memory-table.js';
import type { EntityGroup, MemoryTables, ReleaseGroup } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';
import { VersionedTable } from './versioned-table.js';

export class InMemoryEnvironments
  extends VersionedTable<Environment, never>
  implements EnvironmentRepository
{
  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    super(new TableView(tables.environments, transaction), ({ name }) => name);
  }

  /** Works run one after another, so reading is enough. */
  lock(name: string): Promise<Environment | undefined> {
    return this.get(name);
  }

  async list(page: PageRequest, names?: readonly string[]): Promise<Page<Environment>> {
    return pageByKey(
      this.view,
      ({ name }) => name,
      page,
      ({ name }) => names?.includes(name) ?? true,
    );
  }
}

export class InMemoryProducts extends VersionedTable<Product, never> implements ProductRepository {
  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    super(new TableView(tables.products, transaction), ({ name }) => name);
  }

  /** Transactions in memory run one at a time. */
  async lockLimited(): Promise<void> {
    return;
  }

  async list(page: PageRequest): Promise<Page<Product>> {
    return pageByKey(this.view, ({ name }) => name, page);
  }
}

export class InMemoryReleases implements ReleaseRepository {
  private readonly view: TableView<Release, ReleaseGroup>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.releases, transaction);
  }

  async get(product: string, version: string): Promise<Release | undefined> {
    return this.view.inGroup('version', compositeKey(product, version))[0];
  }

  async getById(id: string): Promise<Release | undefined> {
    return this.view.get(id);
  }

  async ofProducts(products: readonly string[]): Promise<readonly Release[]> {
    return [...new Set(products)].flatMap((product) => this.view.inGroup('product', product));
  }

  async insert(release: Release): Promise<Result<Release, AlreadyExists>> {
    const { id, product, version } = release;
    const taken =
      this.view.get(id) ?? this.view.inGroup('version', compositeKey(product, version))[0];
    return taken === undefined ? ok(this.view.put(release)) : err({ code: 'already_exists' });
  }

  async needs(products: readonly string[]): Promise<readonly ProductNeed[]> {
    const asked = new Set(products);
    const pairs = new Map<string, ProductNeed>();
    for (const one of asked) {
      const found = [...this.view.inGroup('product', one), ...this.view.inGroup('dependency', one)];
      for (const { product, dependencies } of found) {
        for (const { product: needs } of dependencies) {
          if (!asked.has(product) && !asked.has(needs)) continue;
          pairs.set(compositeKey(product, needs), { product, needs });
        }
      }
    }
    return [...pairs.values()].sort(byPair);
  }

  async declarations(
    releases: readonly Pick<Release, 'product' | 'version'>[],
    whole: readonly string[],
  ): Promise<readonly Declaration[]> {
    const single = releases.flatMap(({ product, version }) =>
      this.view.inGroup('version', compositeKey(product, version)),
    );
    const all = [...single, ...(await this.ofProducts(whole))];
    return this.view
      .getMany(all.map(({ id }) => id))
      .map(({ product, version, dependencies }) => ({ product, version, dependencies }));
  }

  async list(product: string | undefined, page: PageRequest): Promise<Page<Release>> {
    return pageByKey(
      this.view,
      ({ id }) => id,
      page,
      (release) => product === undefined || release.product === product,
    );
  }
}

export class InMemoryCharts implements ChartRepository {
  private readonly view: TableView<{ readonly sha256: string; readonly bytes: Uint8Array }>;
  private readonly releases: TableView<Release, ReleaseGroup>;
  private readonly entities: TableView<Entity, EntityGroup>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.charts, transaction);
    this.releases = new TableView(tables.releases, transaction);
    this.entities = new TableView(tables.entities, transaction);
  }

  async put(sha256: string, bytes: Uint8Array): Promise<void> {
    if (this.view.get(sha256) === undefined) this.view.put({ sha256, bytes });
  }

  async get(sha256: string): Promise<Uint8Array | undefined> {
    return this.view.get(sha256)?.bytes.slice();
  }

  async getFor(spoke: string, sha256: string): Promise<Uint8Array | undefined> {
    const released = this.releases.inGroup('chart', sha256);
    const isItsOwn = released.some(
      ({ product }) => this.entities.inGroup('productOn', compositeKey(spoke, product)).length > 0,
    );
    return isItsOwn ? this.get(sha256) : undefined;
  }
}

export class InMemoryChannels implements ChannelRepository {
  private readonly view: TableView<ChannelEntry, 'product'>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.channels, transaction);
  }

  async add(entry: ChannelEntry): Promise<boolean> {
    const { product, channel, version } = entry;
    if (this.view.get(compositeKey(product, channel, version)) !== undefined) return false;
    this.view.put(entry);
    return true;
  }

  async ofProducts(products: readonly string[]): Promise<readonly ChannelEntry[]> {
    return [...new Set(products)].flatMap((product) => this.view.inGroup('product', product));
  }

  async names(): Promise<readonly string[]> {
    return [...new Set(this.view.all().map(({ row }) => row.channel))].sort();
  }
}

function byPair(a: ProductNeed, b: ProductNeed): number {
  const [one, other] = [compositeKey(a.product, a.needs), compositeKey(b.product, b.needs)];
  return one < other ? -1 : 1;
}
