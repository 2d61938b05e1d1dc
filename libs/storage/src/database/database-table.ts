import type { DatabaseSession } from './database-session.js';
import type { TableMap } from './table-map.js';

/** The rows of one table within one transaction. */
export class DatabaseTable<T extends object> {
  constructor(
    private readonly session: DatabaseSession,
    private readonly map: TableMap<T>,
  ) {}

  /** Rows by what comes after `FROM table`: WHERE, ORDER BY, LIMIT. Locks nothing. */
  async select(tail: string, parameters: readonly unknown[]): Promise<readonly T[]> {
    const { selection, table } = this.map;
    const rows = await this.session.read(`SELECT ${selection} FROM ${table} ${tail}`, parameters);
    return rows.map((row) => this.map.read(row));
  }

  /** The row that `where` finds, which nobody else can change or lock until the transaction ends. */
  async lock(where: string, parameters: readonly unknown[]): Promise<T | undefined> {
    return (await this.lockAll(`WHERE ${where}`, parameters))[0];
  }

  /** As `lock`, for the rows that `tail` finds, one after another in the order that it names. */
  lockAll(tail: string, parameters: readonly unknown[]): Promise<readonly T[]> {
    return this.locked(tail, 'FOR NO KEY UPDATE', parameters);
  }

  /** As `lockAll`, but others may read them so at the same time. */
  lockShared(tail: string, parameters: readonly unknown[]): Promise<readonly T[]> {
    return this.locked(tail, 'FOR SHARE', parameters);
  }

  /** As `lockShared`, but they may be changed meanwhile; only nobody takes them away. */
  lockKeys(tail: string, parameters: readonly unknown[]): Promise<readonly T[]> {
    return this.locked(tail, 'FOR KEY SHARE', parameters);
  }

  async first(tail: string, parameters: readonly unknown[]): Promise<T | undefined> {
    return (await this.select(tail, parameters))[0];
  }

  /**
   * Inserts one row and answers it as it is stored; `undefined` if it met one that `conflict` (the
   * target of ON CONFLICT; empty = any constraint) makes it give way to.
   */
  async insert(record: T, conflict: string): Promise<T | undefined> {
    const { insertion, selection } = this.map;
    const rows = await this.session.query(
      `${insertion} ON CONFLICT ${conflict} DO NOTHING RETURNING ${selection}`,
      this.map.arrays([record]),
    );
    return rows[0] === undefined ? undefined : this.map.read(rows[0]);
  }

  /** Inserts a row that must be new; one that is not fails the transaction as a bug. */
  async append(record: T): Promise<void> {
    await this.session.query(this.map.insertion, this.map.arrays([record]));
  }

  /** Inserts or replaces rows by key; the last of several with the same key counts. */
  async upsert(records: readonly T[]): Promise<void> {
    if (records.length === 0) return;
    const { insertion, keyColumns, replacements } = this.map;
    await this.session.query(
      `${insertion} ON CONFLICT (${keyColumns}) DO UPDATE SET ${replacements}`,
      this.map.arrays(this.lastOfEachKey(records)),
    );
  }

  /** Writes a record over the row that `where` finds; `undefined` if there is none. */
  async update(record: T, where: string): Promise<T | undefined> {
    const { table, assignments, selection } = this.map;
    const rows = await this.session.query(
      `UPDATE ${table} SET ${assignments} WHERE ${where} RETURNING ${selection}`,
      this.map.values(record),
    );
    return rows[0] === undefined ? undefined : this.map.read(rows[0]);
  }

  private async locked(
    tail: string,
    lock: string,
    parameters: readonly unknown[],
  ): Promise<readonly T[]> {
    const { selection, table } = this.map;
    const statement = `SELECT ${selection} FROM ${table} ${tail} ${lock}`;
    const rows = await this.session.query(statement, parameters);
    return rows.map((row) => this.map.read(row));
  }

  /** In the order of their keys, so that two who write the same rows do not lock each other out. */
  private lastOfEachKey(records: readonly T[]): readonly T[] {
    const byKey = new Map(
      records.map((record) => [JSON.stringify(this.map.key.map((field) => record[field])), record]),
    );
    return [...byKey].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, record]) => record);
  }
}
