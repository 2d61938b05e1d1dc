import { isStoredRow, type StoredChange, type StoredRow } from './stored-change.js';

/** What a folder holds: the rows that all of its units of work left, and how many units there were. */
export class FolderState {
  private readonly byKey = new Map<string, StoredRow>();
  /** Of the last unit of work; 0 = there was none. */
  sequence = 0;

  apply(changes: readonly StoredChange[]): void {
    for (const change of changes) {
      // No name of a table has a space.
      const key = `${change.table} ${change.key}`;
      if (isStoredRow(change)) this.byKey.set(key, change);
      else this.byKey.delete(key);
    }
  }

  get rows(): readonly StoredRow[] {
    return [...this.byKey.values()];
  }
}
