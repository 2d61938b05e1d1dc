// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * What keeps an entity from moving by itself: one automatic suppression and one hold at most, by
 * their primary keys. `automatic_suppressions_ends` lets the breaker of an environment count.
 * `fixes` and `above` are what a hold keeps an entity at, and what it was left by.
 */
export class CreateRestraints1763712006000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE automatic_suppressions (
      entity text COLLATE "C" PRIMARY KEY,
      id text COLLATE "C" NOT NULL,
      environment text COLLATE "C" NOT NULL,
      suppressed_from timestamptz NOT NULL,
      suppressed_until timestamptz NOT NULL,
      failures integer NOT NULL,
      plan_id text NOT NULL,
      content_key text NOT NULL,
      reason text NOT NULL,
      CONSTRAINT automatic_suppressions_id UNIQUE (id)
    )`,
    `CREATE INDEX automatic_suppressions_ends
      ON automatic_suppressions (environment, suppressed_until)`,
    `CREATE TABLE holds (
      entity text COLLATE "C" PRIMARY KEY,
      id text COLLATE "C" NOT NULL,
      fixes json,
      held_until text NOT NULL,
      reason text NOT NULL,
      cause text NOT NULL,
      held_by text NOT NULL,
      at timestamptz NOT NULL,
      plan_id text,
      above json,
      CONSTRAINT holds_id UNIQUE (id)
    )`,
  ];
}
