// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** What of its headers belongs to an answer that is given again; what older versions keep has none. */
export class KeepAnswerHeaders1763712089000 extends ForwardOnlyMigration {
  protected readonly statements = ['ALTER TABLE idempotency_records ADD COLUMN headers json'];
}
