// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** A release may say what a spoke must be able to do to run it; one of before needs nothing. */
export class RequireOfSpokes1763712029000 extends ForwardOnlyMigration {
  protected readonly statements = ['ALTER TABLE releases ADD COLUMN requires json'];
}
