import { err, InvariantViolation, type Result } from '@apollo-deploy/kernel';
import type { Entity } from '@apollo-deploy/domain';
import type { DependentPlace, PlacedEntity, ProviderPlace } from '../neighbourhood.js';
import type { Page, PageRequest } from '../page.js';
import type { VersionConflict } from '../plan-storage.js';
import type { ReleaseStateRecord } from '../records.js';
import type { AlreadyExists } from '../already-exists.js';
import type { EntityFilter, EntityRepository } from '../fleet-repositories.js';
import { pageByKey } from './memory-lists.js';
import { compositeKey, TableView } from './memory-table.js';
import { type EntityGroup, type MemoryTables, releaseKey } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';
import { VersionedTable } from './versioned-table.js';

export class InMemoryEntities
  extends VersionedTable<Entity, EntityGroup>
  implements EntityRepository
{
  private readonly states: TableView<ReleaseStateRecord, 'spoke'>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    super(new TableView(tables.entities, transaction), ({ name }) => name);
    this.states = new TableView(tables.releaseStates, transaction);
  }

  async byRelease(
    spoke: string,
    namespace: string,
    releaseName: string,
  ): Promise<Entity | undefined> {
    return this.view.inGroup('release', releaseKey({ spoke, namespace, releaseName }))[0];
  }

  async ofSpokes(spokes: readonly string[]): Promise<readonly Entity[]> {
    const found = spokes.flatMap((spoke) => this.view.inGroup('spoke', spoke));
    return this.view.getMany(found.map(({ name }) => name));
  }

  async ofProduct(product: string): Promise<readonly Entity[]> {
    return this.view.inGroup('product', product);
  }

  async ofProductsIn(
    environments: readonly string[],
    products: readonly string[],
  ): Promise<readonly Entity[]> {
    const found = environments.flatMap((environment) =>
      products.flatMap((product) => this.productIn(environment, product)),
    );
    return this.getMany(found.map(({ name }) => name));
  }

  async providersFor(places: readonly ProviderPlace[]): Promise<readonly PlacedEntity[]> {
    const isInstalled = this.installed();
    return places.flatMap(({ environment, spoke, product }, place) => {
      const found = isInstalled(spoke, product)
        ? this.productOn(spoke, product)
        : this.productIn(environment, product);
      return placed(place, found);
    });
  }

  async dependentsAt(places: readonly DependentPlace[]): Promise<readonly PlacedEntity[]> {
    const lookingAround = new Map<string, readonly Entity[]>();
    const isInstalled = this.installed();
    return places.flatMap(({ environment, spoke, product, dependent }, place) => {
      const key = compositeKey(environment, product, dependent);
      const around =
        lookingAround.get(key) ??
        this.productIn(environment, dependent).filter(
          (entity) => !isInstalled(entity.spoke, product),
        );
      lookingAround.set(key, around);
      const elsewhere = around.filter((entity) => entity.spoke !== spoke);
      return placed(place, [...this.productOn(spoke, dependent), ...elsewhere]);
    });
  }

  private productIn(environment: string, product: string): readonly Entity[] {
    return this.view.inGroup('place', compositeKey(environment, product));
  }

  private productOn(spoke: string, product: string): readonly Entity[] {
    return this.view.inGroup('productOn', compositeKey(spoke, product));
  }

  /** Whether a spoke has a product installed, looked up once for each that is asked about. */
  private installed(): (spoke: string, product: string) => boolean {
    const known = new Map<string, boolean>();
    return (spoke, product) => {
      const key = compositeKey(spoke, product);
      const before = known.get(key);
      if (before !== undefined) return before;
      const here = this.view.inGroup('productOn', key);
      const answer = here.some((entity) => this.states.get(releaseKey(entity)) !== undefined);
      known.set(key, answer);
      return answer;
    };
  }

  async countIn(environments: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return new Map(
      environments.map((name) => [name, this.view.inGroup('environment', name).length] as const),
    );
  }

  async environmentsOf(
    products: readonly string[],
  ): Promise<readonly Pick<Entity, 'product' | 'environment'>[]> {
    return [...new Set(products)].sort().flatMap((product) => {
      const all = this.view.inGroup('product', product).map(({ environment }) => environment);
      return [...new Set(all)].sort().map((environment) => ({ product, environment }));
    });
  }

  async namesIn(environments: readonly string[]): Promise<readonly string[]> {
    return [...new Set(environments)]
      .flatMap((environment) => this.view.inGroup('environment', environment))
      .map(({ name }) => name)
      .sort();
  }

  override async insert(entity: Entity): Promise<Result<Entity, AlreadyExists>> {
    if (this.view.inGroup('release', releaseKey(entity)).length > 0) {
      return err({ code: 'already_exists' });
    }
    return super.insert(entity);
  }

  override async save(entity: Entity): Promise<Result<Entity, VersionConflict>> {
    const holder = this.view.inGroup('release', releaseKey(entity))[0];
    if (holder !== undefined && holder.name !== entity.name) {
      throw new InvariantViolation(
        `entity ${entity.name} was moved to the release of entity ${holder.name}`,
      );
    }
    return super.save(entity);
  }

  async list(filter: EntityFilter, page: PageRequest): Promise<Page<Entity>> {
    return pageByKey(
      this.view,
      ({ name }) => name,
      page,
      (entity) =>
        (filter.environment === undefined || entity.environment === filter.environment) &&
        (filter.environments?.includes(entity.environment) ?? true) &&
        (filter.product === undefined || entity.product === filter.product) &&
        (filter.spoke === undefined || entity.spoke === filter.spoke),
    );
  }

  async names(page: PageRequest): Promise<Page<string>> {
    const { items, next } = await this.list({}, page);
    return { items: items.map(({ name }) => name), ...(next !== undefined && { next }) };
  }
}

/** In the order of the names. */
function placed(place: number, entities: readonly Entity[]): readonly PlacedEntity[] {
  return entities
    .map(({ name }) => name)
    .sort()
    .map((entity) => ({ place, entity }));
}
