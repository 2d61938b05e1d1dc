import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { VersionConflict } from '../plan-storage.js';
import type { AlreadyExists } from '../already-exists.js';
import type { TableView } from './memory-table.js';

/** Named rows that change only if the writer knows the version it changes. */
export class VersionedTable<T extends { readonly version: number }, G extends string> {
  constructor(
    protected readonly view: TableView<T, G>,
    private readonly keyOf: (row: T) => string,
  ) {}

  async get(name: string): Promise<T | undefined> {
    return this.view.get(name);
  }

  async getMany(names: readonly string[]): Promise<readonly T[]> {
    return this.view.getMany(names);
  }

  async insert(row: T): Promise<Result<T, AlreadyExists>> {
    if (this.view.get(this.keyOf(row)) !== undefined) return err({ code: 'already_exists' });
    return ok(this.view.put({ ...row, version: 1 }));
  }

  async save(row: T): Promise<Result<T, VersionConflict>> {
    const stored = this.view.get(this.keyOf(row));
    if (stored?.version !== row.version) return err({ code: 'version_conflict' });
    return ok(this.view.put({ ...row, version: row.version + 1 }));
  }
}
