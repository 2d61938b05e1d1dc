import { type BreakGlass, isOwed } from '@apollo-deploy/domain';
import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import type { BreakGlassFilter, BreakGlassRepository } from '../break-glass-repository.js';
import type { Page, PageRequest } from '../page.js';
import type { VersionConflict } from '../plan-storage.js';
import { pageByKey } from './memory-lists.js';
import { TableView } from './memory-table.js';
import type { BreakGlassGroup, MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

export class InMemoryBreakGlasses implements BreakGlassRepository {
  private readonly view: TableView<BreakGlass, BreakGlassGroup>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.breakGlasses, transaction);
  }

  async get(id: string): Promise<BreakGlass | undefined> {
    return this.view.get(id);
  }

  async insert(glass: BreakGlass): Promise<void> {
    if (this.view.get(glass.id) !== undefined) {
      throw new InvariantViolation(`break-glass ${glass.id} is stored already`);
    }
    this.view.put(glass);
  }

  async save(glass: BreakGlass): Promise<Result<BreakGlass, VersionConflict>> {
    if (this.view.get(glass.id)?.version !== glass.version)
      return err({ code: 'version_conflict' });
    return ok(this.view.put({ ...glass, version: glass.version + 1 }));
  }

  async owed(products: readonly string[]): Promise<readonly BreakGlass[]> {
    return [...new Set(products)]
      .flatMap((product) => this.view.inGroup('owed', product))
      .sort(byInstantOf('openedAt'));
  }

  async overdueUntold(now: string, limit: number): Promise<readonly BreakGlass[]> {
    return this.view
      .inGroup('untold', '')
      .filter(({ dueAt }) => Date.parse(dueAt) <= Date.parse(now))
      .sort(byInstantOf('dueAt'))
      .slice(0, limit);
  }

  async list(filter: BreakGlassFilter, page: PageRequest): Promise<Page<BreakGlass>> {
    return pageByKey(this.view, ({ id }) => id, page, isIn(filter));
  }
}

function isIn({
  product,
  environment,
  environments,
  openedBy,
  open,
}: BreakGlassFilter): (glass: BreakGlass) => boolean {
  return (glass) =>
    (product === undefined || glass.product === product) &&
    (environment === undefined || glass.environment === environment) &&
    (environments?.includes(glass.environment) ?? true) &&
    (openedBy === undefined || glass.openedBy === openedBy) &&
    (open === undefined || isOwed(glass) === open);
}

function byInstantOf(field: 'openedAt' | 'dueAt'): (a: BreakGlass, b: BreakGlass) => number {
  return (a, b) => Date.parse(a[field]) - Date.parse(b[field]) || (a.id < b.id ? -1 : 1);
}
