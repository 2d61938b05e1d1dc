// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** A plan may take over a release that Apollo did not make, where a person said so of its entity. */
export class AdoptReleases1763712039000 extends ForwardOnlyMigration {
  protected readonly statements = ['ALTER TABLE entities ADD COLUMN adopt boolean'];
}
