// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** An entity says what becomes of fields that others have set; null: the chart takes them back. */
export class FieldConflicts1763712041000 extends ForwardOnlyMigration {
  protected readonly statements = ['ALTER TABLE entities ADD COLUMN field_conflicts text'];
}
