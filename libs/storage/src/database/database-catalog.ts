import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { Environment, Product, Release } from '@apollo-deploy/domain';
import {
  type AlreadyExists,
  type ChannelEntry,
  type ChannelRepository,
  type ChartRepository,
  type Declaration,
  type EnvironmentRepository,
  type Page,
  pageOf,
  type PageRequest,
  type ProductNeed,
  type ProductRepository,
  type ReleaseRepository,
} from '@apollo-deploy/orchestration';
import { CHANNEL_ENTRIES, ENVIRONMENTS, PRODUCTS, RELEASES } from './catalog-maps.js';
import { Conditions } from './conditions.js';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';
import { VersionedTable } from './versioned-table.js';

/** Exactly what the index `releases_dependency_products` is over, or it would not be used. */
const DEPENDENCY_PRODUCTS = `jsonb_path_query_array(dependencies::jsonb, '$[*].product')`;

/** The products in a release's dependencies, a row each. */
const NEEDED = `jsonb_array_elements_text(${DEPENDENCY_PRODUCTS})`;

export class DatabaseEnvironments
  extends VersionedTable<Environment>
  implements EnvironmentRepository
{
  constructor(session: DatabaseSession) {
    super(session, ENVIRONMENTS);
  }

  lock(name: string): Promise<Environment | undefined> {
    return this.table.lock('name = $1', [name]);
  }

  async list(page: PageRequest, names?: readonly string[]): Promise<Page<Environment>> {
    const conditions = new Conditions().and('name = ANY(?)', names).and('name > ?', page.after);
    const found = await this.table.select(conditions.page('name', page), conditions.parameters);
    return pageOf(found, page, ({ name }) => name);
  }
}

export class DatabaseProducts extends VersionedTable<Product> implements ProductRepository {
  constructor(session: DatabaseSession) {
    super(session, PRODUCTS);
  }

  async lockLimited(name: string): Promise<void> {
    await this.table.lock('name = $1 AND max_concurrent IS NOT NULL', [name]);
  }

  async list(page: PageRequest): Promise<Page<Product>> {
    const conditions = new Conditions().and('name > ?', page.after);
    const found = await this.table.select(conditions.page('name', page), conditions.parameters);
    return pageOf(found, page, ({ name }) => name);
  }
}

export class DatabaseReleases implements ReleaseRepository {
  private readonly table: DatabaseTable<Release>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, RELEASES);
  }

  get(product: string, version: string): Promise<Release | undefined> {
    return this.table.first('WHERE product = $1 AND version = $2', [product, version]);
  }

  getById(id: string): Promise<Release | undefined> {
    return this.table.first('WHERE id = $1', [id]);
  }

  ofProducts(products: readonly string[]): Promise<readonly Release[]> {
    return this.table.select('WHERE product = ANY($1) ORDER BY product, id', [products]);
  }

  async insert(release: Release): Promise<Result<Release, AlreadyExists>> {
    const inserted = await this.table.insert(release, '');
    return inserted === undefined ? err({ code: 'already_exists' }) : ok(inserted);
  }

  async needs(products: readonly string[]): Promise<readonly ProductNeed[]> {
    const rows = await this.session.read(
      `SELECT product, ${NEEDED} COLLATE "C" AS needed FROM releases WHERE product = ANY($1)
       UNION
       SELECT product, needed FROM (
         SELECT product, ${NEEDED} COLLATE "C" AS needed FROM releases
         WHERE ${DEPENDENCY_PRODUCTS} ?| $1
       ) AS dependents WHERE needed = ANY($1)
       ORDER BY product, needed`,
      [products],
    );
    return rows.map(({ product, needed }) => ({
      product: product as string,
      needs: needed as string,
    }));
  }

  async declarations(
    releases: readonly Pick<Release, 'product' | 'version'>[],
    whole: readonly string[],
  ): Promise<readonly Declaration[]> {
    const rows = await this.session.read(
      `SELECT product, version, dependencies FROM releases
       WHERE (product, version) IN (SELECT * FROM unnest($1::text[], $2::text[]))
         OR product = ANY($3)
       ORDER BY id`,
      [releases.map(({ product }) => product), releases.map(({ version }) => version), whole],
    );
    return rows.map(({ product, version, dependencies }) => ({
      product: product as string,
      version: version as string,
      dependencies: dependencies as Declaration['dependencies'],
    }));
  }

  async list(product: string | undefined, page: PageRequest): Promise<Page<Release>> {
    const conditions = new Conditions().and('product = ?', product).and('id > ?', page.after);
    const found = await this.table.select(conditions.page('id', page), conditions.parameters);
    return pageOf(found, page, ({ id }) => id);
  }
}

export class DatabaseCharts implements ChartRepository {
  constructor(private readonly session: DatabaseSession) {}

  async put(sha256: string, bytes: Uint8Array): Promise<void> {
    await this.session.query(
      'INSERT INTO charts (sha256, bytes) VALUES ($1, $2) ON CONFLICT (sha256) DO NOTHING',
      [sha256, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)],
    );
  }

  async get(sha256: string): Promise<Uint8Array | undefined> {
    const statement = 'SELECT bytes FROM charts WHERE sha256 = $1';
    const [row] = await this.session.read(statement, [sha256]);
    return row === undefined ? undefined : new Uint8Array(row['bytes'] as Buffer);
  }

  async getFor(spoke: string, sha256: string): Promise<Uint8Array | undefined> {
    const [row] = await this.session.read(
      `SELECT bytes FROM charts WHERE sha256 = $1 AND EXISTS (
         SELECT FROM releases JOIN entities USING (product)
         WHERE chart->>'sha256' = $1 AND spoke = $2
       )`,
      [sha256, spoke],
    );
    return row === undefined ? undefined : new Uint8Array(row['bytes'] as Buffer);
  }
}

export class DatabaseChannels implements ChannelRepository {
  private readonly table: DatabaseTable<ChannelEntry>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, CHANNEL_ENTRIES);
  }

  async add(entry: ChannelEntry): Promise<boolean> {
    return (await this.table.insert(entry, '')) !== undefined;
  }

  ofProducts(products: readonly string[]): Promise<readonly ChannelEntry[]> {
    const tail = 'WHERE product = ANY($1) ORDER BY product, channel, version';
    return this.table.select(tail, [products]);
  }

  async names(): Promise<readonly string[]> {
    const rows = await this.session.read(
      'SELECT DISTINCT channel FROM channel_entries ORDER BY channel',
    );
    return rows.map(({ channel }) => channel as string);
  }
}
