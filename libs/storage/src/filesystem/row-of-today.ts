import type { StoredRow } from './stored-change.js';

/**
 * A row as this version writes it. An older version knew no classes of plans: all that it made was
 * ordinary.
 */
export function rowOfToday({ table, row }: Pick<StoredRow, 'table' | 'row'>): object {
  return table === 'plans' ? { planClass: 'ordinary', ...row } : row;
}
