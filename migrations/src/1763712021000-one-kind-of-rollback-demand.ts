// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * Every demand is the engine's, after a failed change: nothing else was ever stored. The two columns
 * that said so are filled for the replicas of an older version, and a later step takes them out.
 */
export class OneKindOfRollbackDemand1763712021000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `ALTER TABLE rollback_demands
      ALTER COLUMN kind SET DEFAULT 'automatic',
      ALTER COLUMN demanded_by SET DEFAULT 'engine'`,
  ];
}
