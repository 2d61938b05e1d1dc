// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** What people opened to go past what holds plans, and what a second person said of it. */
export class CreateBreakGlasses1763712060000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE break_glasses (
      id text COLLATE "C" PRIMARY KEY,
      product text COLLATE "C" NOT NULL,
      environment text COLLATE "C" NOT NULL,
      waives json NOT NULL,
      reason text NOT NULL,
      opened_by text COLLATE "C" NOT NULL,
      opened_at timestamptz NOT NULL,
      in_force_until timestamptz NOT NULL,
      due_at timestamptz NOT NULL,
      uses integer NOT NULL,
      plans json NOT NULL,
      ended json,
      review json,
      overdue_told_at timestamptz,
      version integer NOT NULL
    )`,
    `CREATE INDEX break_glasses_owed ON break_glasses (product, opened_at)
      WHERE review IS NULL`,
    `CREATE INDEX break_glasses_untold ON break_glasses (due_at)
      WHERE review IS NULL AND overdue_told_at IS NULL`,
    `CREATE INDEX break_glasses_environment ON break_glasses (environment, id)`,
    `CREATE INDEX break_glasses_product ON break_glasses (product, id)`,
  ];
}
