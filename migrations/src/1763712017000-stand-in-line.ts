// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * Products and spokes limit how many plans execute, as environments do. A plan that nothing else
 * holds stands in line; the lines of its environment, product and spoke are read from their fronts.
 * Whoever waits now gets its place by age. A violation's code is looked for as text, because its
 * message may hold what PostgreSQL does not take as text.
 */
export class StandInLine1763712017000 extends ForwardOnlyMigration {
  protected readonly statements = [
    'ALTER TABLE products ADD COLUMN max_concurrent integer',
    'ALTER TABLE spokes ADD COLUMN max_concurrent integer',
    'ALTER TABLE plans ADD COLUMN in_line_since timestamptz',
    `UPDATE plans SET in_line_since = created_at
      WHERE state = 'BLOCKED' AND json_array_length(violations) = 1
        AND strpos(violations::text, '"code":"concurrency"') > 0`,
    ...['environment', 'product', 'spoke'].map(
      (holder) => `CREATE INDEX plans_line_${holder} ON plans (${holder}, in_line_since, position)
        WHERE state = 'BLOCKED' AND in_line_since IS NOT NULL`,
    ),
    ...['product', 'spoke'].map(
      (holder) =>
        `CREATE INDEX plans_executing_${holder} ON plans (${holder}) WHERE state = 'EXECUTING'`,
    ),
  ];
}
