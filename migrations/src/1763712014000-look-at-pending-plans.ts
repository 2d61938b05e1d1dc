// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** A plan that nothing holds is looked at again as well, as when a freeze begins. */
export class LookAtPendingPlans1763712014000 extends ForwardOnlyMigration {
  protected readonly statements = [
    'DROP INDEX plans_due',
    `CREATE INDEX plans_due ON plans (recheck_at, entity)
      WHERE state IN ('PENDING', 'BLOCKED')`,
  ];
}
