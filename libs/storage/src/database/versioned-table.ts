import type { AlreadyExists, VersionConflict } from '@apollo-deploy/orchestration';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';
import type { TableMap } from './table-map.js';

interface Versioned {
  readonly name: string;
  readonly version: number;
}

/** Named rows that change only if the writer knows the version it changes. */
export class VersionedTable<T extends Versioned> {
  protected readonly table: DatabaseTable<T>;
  private readonly unchanged: string;

  constructor(session: DatabaseSession, map: TableMap<T>) {
    this.table = new DatabaseTable(session, map);
    this.unchanged = versionBefore(map, 'name');
  }

  get(name: string): Promise<T | undefined> {
    return this.table.first('WHERE name = $1', [name]);
  }

  getMany(names: readonly string[]): Promise<readonly T[]> {
    return this.table.select('WHERE name = ANY($1) ORDER BY name', [names]);
  }

  /** Gives way to whatever row holds the name, or another value that must be unique. */
  async insert(row: T): Promise<Result<T, AlreadyExists>> {
    const inserted = await this.table.insert({ ...row, version: 1 }, '');
    return inserted === undefined ? err({ code: 'already_exists' }) : ok(inserted);
  }

  async save(row: T): Promise<Result<T, VersionConflict>> {
    const saved = await this.table.update({ ...row, version: row.version + 1 }, this.unchanged);
    return saved === undefined ? err({ code: 'version_conflict' }) : ok(saved);
  }
}

/** The condition that a row still has the version before the one that is written over it. */
export function versionBefore<T extends { readonly version: number }>(
  map: TableMap<T>,
  key: keyof T & string,
): string {
  const version = `$${map.parameterOf('version')}::integer`;
  return `${map.column(key).name} = $${map.parameterOf(key)} AND version = ${version} - 1`;
}
