// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** What ran well before any plan brought it has a run as well. */
export class ObserveRuns1763712013000 extends ForwardOnlyMigration {
  protected readonly statements = ['ALTER TABLE runs ALTER COLUMN plan_id DROP NOT NULL'];
}
