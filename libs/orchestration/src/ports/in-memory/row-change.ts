import { InvariantViolation } from '@apollo-deploy/kernel';
import type { Slot } from './slot.js';
import { MemoryTables } from './memory-tables.js';
import type { MemoryTransaction, TouchedTable } from './memory-transaction.js';

/** The name of a table of a store in memory. */
export type TableName = keyof MemoryTables;

/** What one unit of work left of one row. */
export interface RowChange {
  readonly table: TableName;
  /** Identifies the row within its table. */
  readonly key: string;
  /**
   * The row, frozen, and its age among the rows of its table; absent = the row is gone. Bytes in it
   * must not be written to.
   */
  readonly slot?: Slot<object>;
}

/** Every table, in one order. */
export const TABLE_NAMES = Object.keys(new MemoryTables()) as readonly TableName[];

/** What a transaction that has ended did, each row once. */
export function changesOf(
  transaction: MemoryTransaction,
  tables: MemoryTables,
): readonly RowChange[] {
  const names = new Map<TouchedTable, TableName>(TABLE_NAMES.map((name) => [tables[name], name]));
  return transaction.touched().map(({ table, key, slot }) => {
    const name = names.get(table);
    if (name === undefined) throw new InvariantViolation(`no table of this store holds ${key}`);
    return { table: name, key, ...(slot !== undefined && { slot }) };
  });
}

/**
 * Fills empty tables with what earlier units of work left, each row once. Sorts what is listed by key
 * and may be large, while nobody is kept waiting by it.
 */
export function loadRows(rows: Iterable<RowChange>, tables: MemoryTables): void {
  for (const { table, key, slot } of rows) {
    if (slot !== undefined) loadRow(tables[table], key, slot);
  }
  for (const table of [tables.entities, tables.spokes]) table.sortedKeys();
}

function loadRow(
  table: { load(key: string, slot: Slot<object>): void },
  key: string,
  slot: Slot<object>,
): void {
  table.load(key, slot);
}
