// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * Counters of plans, which are only ever added to. Every figure is a row of its own, so that what a
 * plan adds is one statement of increments whatever it counts, and a new figure is no new column.
 * The key begins with the day, as every reader names the days.
 */
export class CreateAnalytics1763712010000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE plan_counts (
      day date NOT NULL,
      environment text COLLATE "C" NOT NULL,
      product text COLLATE "C" NOT NULL,
      type text COLLATE "C" NOT NULL,
      counter text COLLATE "C" NOT NULL,
      amount bigint NOT NULL,
      PRIMARY KEY (day, environment, product, type, counter)
    )`,
    `ALTER TABLE plans ADD COLUMN waits json`,
  ];
}
