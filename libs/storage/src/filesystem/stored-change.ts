import { InvariantViolation } from '@apollo-deploy/kernel';
import { type RowChange, TABLE_NAMES, type TableName } from '@apollo-deploy/orchestration';
import type { ChartFiles } from './chart-files.js';
import { digestOf } from './checksum.js';
import { rowOfToday } from './row-of-today.js';
import { tooNew } from './storage-folder-refused.js';

/** A changed row as it is written: plain JSON, and a chart's bytes as the name of their file. */
export type StoredChange = StoredRow | RemovedRow;

export interface StoredRow {
  readonly table: TableName;
  readonly key: string;
  /** Its age among the rows of its table. */
  readonly position: number;
  readonly row: object;
}

interface RemovedRow {
  readonly table: TableName;
  readonly key: string;
}

/** In `bytes` of a chart's row: the file they are in, as the SHA-256 that is its name. */
interface ChartFile {
  readonly sha256: string;
}

export function isStoredRow(change: StoredChange): change is StoredRow {
  return 'row' in change;
}

export function storedChange({ table, key, slot }: RowChange): StoredChange {
  if (slot === undefined) return { table, key };
  const { row, position } = slot;
  const bytes = chartBytes(row);
  if (bytes === undefined) return { table, key, position, row };
  return { table, key, position, row: { ...row, bytes: { sha256: digestOf(bytes) } } };
}

/** The bytes of a chart's row; `undefined` for rows of other tables. */
export function chartBytes(row: object): Uint8Array | undefined {
  return 'bytes' in row && row.bytes instanceof Uint8Array ? row.bytes : undefined;
}

/** The file that holds the bytes of a chart's row; `undefined` for rows of other tables. */
export function chartFileOf({ table, row }: StoredRow): string | undefined {
  if (table !== 'charts') return undefined;
  const { bytes } = row as { readonly bytes?: ChartFile };
  if (bytes === undefined) throw new InvariantViolation('a stored chart names no file');
  return bytes.sha256;
}

/** The row as it was before it was stored. */
export async function loadedRow(stored: StoredRow, charts: ChartFiles): Promise<RowChange> {
  const { table, key, position } = stored;
  const row = rowOfToday(stored);
  const file = chartFileOf(stored);
  if (file === undefined) return { table, key, slot: { row, position } };
  return { table, key, slot: { row: { ...row, bytes: await charts.get(file) }, position } };
}

/** The changes in the text of a record. Throws `StorageFolderRefused` if this version knows less. */
export function parseChanges(text: string, file: string): readonly StoredChange[] {
  const { changes } = JSON.parse(text) as { readonly changes: readonly StoredChange[] };
  const unknown = changes.find(({ table }) => !TABLE_NAMES.includes(table));
  if (unknown !== undefined) throw tooNew(file, `it has a table ${unknown.table}`);
  return changes;
}

export function changesText(changes: readonly StoredChange[]): string {
  return JSON.stringify({ changes });
}
