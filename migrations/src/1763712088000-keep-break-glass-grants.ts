// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** A hotfix in line knows what its break-glass is to waive, and until when (null: nothing). */
export class KeepBreakGlassGrants1763712088000 extends ForwardOnlyMigration {
  protected readonly statements = [
    'ALTER TABLE deployment_history ADD COLUMN break_glass_grant jsonb',
  ];
}
