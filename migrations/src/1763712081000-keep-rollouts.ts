// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * Releases say which strategies their charts declare (null: none), entities what a deployment tells their
 * chart meanwhile (null: nothing), and plans which plan began the strategy that they go on with.
 */
export class KeepRollouts1763712081000 extends ForwardOnlyMigration {
  protected readonly statements = [
    'ALTER TABLE releases ADD COLUMN strategies jsonb',
    'ALTER TABLE entities ADD COLUMN rollout jsonb',
    'ALTER TABLE plans ADD COLUMN step_of text',
  ];
}
