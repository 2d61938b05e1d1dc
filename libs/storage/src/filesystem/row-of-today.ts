import { type Plan, waitsInLine } from '@apollo-deploy/domain';
import type { TableName } from '@apollo-deploy/orchestration';

/**
 * A row as this version writes it. An older version knew no classes of plans: all that it made was
 * ordinary. Nor did it know a line: who waited for nothing but a slot stands in it by age. One that
 * stood in the place of another may not have said whose that was.
 */
export function rowOfToday({
  table,
  row,
}: {
  readonly table: TableName;
  readonly row: object;
}): object {
  if (table === 'spokes') return withoutToken(row);
  return table === 'plans' ? { planClass: 'ordinary', ...placeInLine(row), ...row } : row;
}

function withoutToken(row: SpokeOfBefore): object {
  const { tokenHash: _, tokenExpiresAt: __, tokenUsed: ___, ...rest } = row;
  return rest;
}

/** Spokes had a token where they have a key today; each has to join anew. */
interface SpokeOfBefore {
  readonly tokenHash?: string;
  readonly tokenExpiresAt?: string;
  readonly tokenUsed?: boolean;
}

function placeInLine({
  state,
  violations = [],
  createdAt,
  inLineSince,
}: Partial<Plan>): Pick<Plan, 'inLineSince' | 'queuedSince'> {
  if (inLineSince !== undefined)
    return inLineSince === createdAt ? {} : { queuedSince: inLineSince };
  const stands = state === 'BLOCKED' && waitsInLine(violations);
  return stands && createdAt !== undefined ? { inLineSince: createdAt } : {};
}
