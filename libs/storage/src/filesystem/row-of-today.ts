import type { TableName } from '@apollo-deploy/orchestration';

/**
 * A row as this version writes it. An older version knew no classes of plans: all that it made was
 * ordinary.
 */
export function rowOfToday({
  table,
  row,
}: {
  readonly table: TableName;
  readonly row: object;
}): object {
  return table === 'plans' ? { planClass: 'ordinary', ...row } : row;
}
