// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * An entity knows who has edited it, and a plan and what it leaves which edits are in it; null where an
 * older version of the hub has written the row.
 */
export class KeepEdits1763712077000 extends ForwardOnlyMigration {
  protected readonly statements = [
    'ALTER TABLE entities ADD COLUMN edits jsonb',
    'ALTER TABLE plans ADD COLUMN entity_version integer',
    'ALTER TABLE baselines ADD COLUMN entity_version integer',
  ];
}
