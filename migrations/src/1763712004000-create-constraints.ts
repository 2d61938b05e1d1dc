// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * Constraints that people make, and what tells which plans they concern next. `plans_due` is in the
 * order in which blocked plans fall due, entities included, since a window's edge makes many due at
 * one instant. `releases_dependency_products` finds who depends on a product; being an index over
 * what is there, it also covers releases that a replica of an older version registers. Products and
 * ranges in dependencies are checked before they are stored, so they never hold what jsonb refuses.
 */
export class CreateConstraints1763712004000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE constraints (
      id text COLLATE "C" PRIMARY KEY,
      name text COLLATE "C" NOT NULL,
      kind text COLLATE "C" NOT NULL,
      spec json NOT NULL,
      scope json NOT NULL,
      created_by text NOT NULL,
      created_at timestamptz NOT NULL,
      version integer NOT NULL,
      CONSTRAINT constraints_name UNIQUE (name)
    )`,
    `ALTER TABLE plans ADD COLUMN recheck_at timestamptz`,
    `CREATE INDEX plans_due ON plans (recheck_at, entity) WHERE state = 'BLOCKED'`,
    `CREATE INDEX releases_dependency_products ON releases
      USING gin (jsonb_path_query_array(dependencies::jsonb, '$[*].product'))`,
  ];
}
