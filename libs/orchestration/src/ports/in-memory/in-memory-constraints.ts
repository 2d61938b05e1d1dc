import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { StoredConstraint } from '@apollo-deploy/domain';
import type { Page, PageRequest } from '../page.js';
import type { AlreadyExists } from '../already-exists.js';
import type { ConstraintRepository } from '../unit-of-work.js';
import { pageByKey } from './memory-lists.js';
import { TableView } from './memory-table.js';
import type { MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

export class InMemoryConstraints implements ConstraintRepository {
  private readonly view: TableView<StoredConstraint, 'name'>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.constraints, transaction);
  }

  async get(id: string): Promise<StoredConstraint | undefined> {
    return this.view.get(id);
  }

  async all(): Promise<readonly StoredConstraint[]> {
    return this.view.getMany(this.view.sortedKeys());
  }

  async insert(constraint: StoredConstraint): Promise<Result<StoredConstraint, AlreadyExists>> {
    const taken = this.view.get(constraint.id) ?? this.view.inGroup('name', constraint.name)[0];
    if (taken !== undefined) return err({ code: 'already_exists' });
    return ok(this.view.put({ ...constraint, version: 1 }));
  }

  async remove(id: string): Promise<boolean> {
    if (this.view.get(id) === undefined) return false;
    this.view.remove(id);
    return true;
  }

  async list(kind: string | undefined, page: PageRequest): Promise<Page<StoredConstraint>> {
    return pageByKey(
      this.view,
      ({ id }) => id,
      page,
      (constraint) => kind === undefined || constraint.kind === kind,
    );
  }
}
