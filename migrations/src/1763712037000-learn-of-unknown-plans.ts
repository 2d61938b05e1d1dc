// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** A spoke may have carried out plans that a hub restored from a backup does not know. */
export class LearnOfUnknownPlans1763712037000 extends ForwardOnlyMigration {
  protected readonly statements = ['ALTER TABLE spokes ADD COLUMN unknown_plans json'];
}
