// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * Spokes have a clock that may be wrong, and an entity whose spoke is away is looked at when that comes
 * back, not every ten minutes.
 */
export class AwaitSpokes1763712018000 extends ForwardOnlyMigration {
  protected readonly statements = [
    'ALTER TABLE spokes ADD COLUMN clock_skew_ms bigint',
    'ALTER TABLE evaluations ADD COLUMN awaits_spoke boolean',
  ];
}
