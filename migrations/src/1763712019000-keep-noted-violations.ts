// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** What spoke against a plan when it went out, and did not hold it. */
export class KeepNotedViolations1763712019000 extends ForwardOnlyMigration {
  protected readonly statements = ['ALTER TABLE plans ADD COLUMN noted json'];
}
