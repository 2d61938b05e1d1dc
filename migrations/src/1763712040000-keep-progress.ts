// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** What a spoke said last of a plan that is under way, and what that plan waits for. */
export class KeepProgress1763712040000 extends ForwardOnlyMigration {
  protected readonly statements = ['ALTER TABLE plans ADD COLUMN progress json'];
}
