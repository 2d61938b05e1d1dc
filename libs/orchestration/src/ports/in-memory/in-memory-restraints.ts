import type { AutomaticSuppression, Entity, Hold } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { type Page, pageOf, type PageRequest, rowsToRead } from '../page.js';
import type { AutomaticSuppressionRepository, HoldRepository } from '../restraint-repositories.js';
import type { AlreadyExists } from '../already-exists.js';
import { TableView } from './memory-table.js';
import type { EntityGroup, MemoryTables, SuppressionGroup } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

export class InMemorySuppressions implements AutomaticSuppressionRepository {
  private readonly view: TableView<AutomaticSuppression, SuppressionGroup>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.suppressions, transaction);
  }

  async get(id: string): Promise<AutomaticSuppression | undefined> {
    return this.view.inGroup('id', id)[0];
  }

  async ofEntities(entities: readonly string[]): Promise<readonly AutomaticSuppression[]> {
    return this.view.getMany(entities);
  }

  async endsIn(
    environments: readonly string[],
    now: string,
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    return new Map(
      environments.map((name) => {
        const ends = this.view.inGroup('environment', name).map(({ until }) => until);
        return [name, ends.filter(isAfter(now)).sort()] as const;
      }),
    );
  }

  async put(suppression: AutomaticSuppression): Promise<void> {
    this.view.put(suppression);
  }

  async remove(entity: string): Promise<void> {
    this.view.remove(entity);
  }

  async list(
    now: string,
    page: PageRequest,
    environments?: readonly string[],
  ): Promise<Page<AutomaticSuppression>> {
    const ends = isAfter(now);
    return pageById(
      this.view.all().map(({ row }) => row),
      page,
      ({ until, environment }) => ends(until) && (environments?.includes(environment) ?? true),
    );
  }
}

export class InMemoryHolds implements HoldRepository {
  private readonly view: TableView<Hold, 'id'>;
  private readonly entities: TableView<Entity, EntityGroup>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.holds, transaction);
    this.entities = new TableView(tables.entities, transaction);
  }

  async get(id: string): Promise<Hold | undefined> {
    return this.view.inGroup('id', id)[0];
  }

  async ofEntities(entities: readonly string[]): Promise<readonly Hold[]> {
    return this.view.getMany(entities);
  }

  async insert(hold: Hold): Promise<Result<Hold, AlreadyExists>> {
    if (this.view.get(hold.entity) !== undefined) return err({ code: 'already_exists' });
    return ok(this.view.put(hold));
  }

  async remove(id: string): Promise<boolean> {
    const hold = await this.get(id);
    if (hold === undefined) return false;
    this.view.remove(hold.entity);
    return true;
  }

  async list(page: PageRequest, environments?: readonly string[]): Promise<Page<Hold>> {
    const isWanted = ({ entity }: Hold): boolean => {
      if (environments === undefined) return true;
      const environment = this.entities.get(entity)?.environment;
      return environment !== undefined && environments.includes(environment);
    };
    return pageById(
      this.view.all().map(({ row }) => row),
      page,
      isWanted,
    );
  }
}

/** The page of rows whose key is not their id, by their ids. */
function pageById<T extends { readonly id: string }>(
  rows: readonly T[],
  page: PageRequest,
  wanted: (row: T) => boolean = () => true,
): Page<T> {
  const found = rows
    .filter((row) => wanted(row) && (page.after === undefined || row.id > page.after))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .slice(0, rowsToRead(page));
  return pageOf(found, page, ({ id }) => id);
}

function isAfter(now: string): (instant: string) => boolean {
  const at = Date.parse(now);
  return (instant) => Date.parse(instant) > at;
}
