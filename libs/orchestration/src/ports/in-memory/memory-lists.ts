import { type Page, pageOf, type PageRequest, rowsToRead } from '../page.js';
import { firstAfter, type TableView } from './memory-table.js';
import type { DirtyRow } from './memory-tables.js';

/** The page of the rows that `wanted` keeps, in the order of their keys. */
export function pageByKey<T extends object, G extends string>(
  view: TableView<T, G>,
  keyOf: (row: T) => string,
  page: PageRequest,
  wanted: (row: T) => boolean = () => true,
): Page<T> {
  const keys = view.sortedKeys();
  const found: T[] = [];
  const size = rowsToRead(page);
  for (let at = page.after === undefined ? 0 : firstAfter(keys, page.after); ; at += 1) {
    const key = keys[at];
    if (key === undefined || found.length === size) return pageOf(found, page, keyOf);
    const row = view.get(key);
    if (row !== undefined && wanted(row)) found.push(row);
  }
}

/** The page of keys, which are in order and distinct. */
export function pageOfKeys(keys: readonly string[], page: PageRequest): Page<string> {
  const start = page.after === undefined ? 0 : firstAfter(keys, page.after);
  return pageOf(keys.slice(start, start + rowsToRead(page)), page, (key) => key);
}

/** The page of `rows`, which are in their order already, after the row with the id `page.after`. */
export function pageAfterId<T extends { readonly id: string }>(
  rows: readonly T[],
  page: PageRequest,
): Page<T> {
  const size = rowsToRead(page);
  const at = page.after === undefined ? -1 : rows.findIndex(({ id }) => id === page.after);
  const start = page.after !== undefined && at === -1 ? rows.length : at + 1;
  return pageOf(rows.slice(start, start + size), page, ({ id }) => id);
}

/** Orders rows by an instant, and rows of one instant by when they were written; oldest first. */
export function byInstant<T>(
  slots: readonly { readonly row: T; readonly position: number }[],
  instantOf: (row: T) => string,
): readonly T[] {
  return slots
    .map(({ row, position }) => ({ row, position, at: Date.parse(instantOf(row)) }))
    .sort((a, b) => a.at - b.at || a.position - b.position)
    .map(({ row }) => row);
}

/** A row that is to be looked at again at an instant. */
interface TimedRow {
  readonly entity: string;
  readonly recheckAt?: string;
}

/** Entities, not marked yet, of the rows whose instant is at or before `now`, the longest due first. */
export function dueEntities(
  rows: readonly TimedRow[],
  dirty: Pick<TableView<DirtyRow>, 'get'>,
  now: string,
): readonly string[] {
  const until = Date.parse(now);
  return rows
    .map(({ entity, recheckAt = '' }) => ({ entity, at: Date.parse(recheckAt) }))
    .filter(({ entity, at }) => at <= until && dirty.get(entity) === undefined)
    .sort((a, b) => a.at - b.at || (a.entity < b.entity ? -1 : 1))
    .map(({ entity }) => entity);
}

/** The first instant of the rows after `now`. */
export function nextDue(rows: readonly TimedRow[], now: string): string | undefined {
  const from = Date.parse(now);
  const next = rows
    .map(({ recheckAt = '' }) => Date.parse(recheckAt))
    .reduce((first, at) => (at > from && at < first ? at : first), Infinity);
  return next === Infinity ? undefined : new Date(next).toISOString();
}
