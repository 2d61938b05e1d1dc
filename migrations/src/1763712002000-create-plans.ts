// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * Plans and what leads to them. `position` tells rows of one instant apart by the order of writing.
 * `plans_one_open_per_entity` is the law that an entity has one open plan at most. Marks are only
 * ever added and taken, so that marking never waits for an evaluation.
 */
export class CreatePlans1763712002000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE plans (
      id text COLLATE "C" PRIMARY KEY,
      position bigint GENERATED ALWAYS AS IDENTITY,
      entity text COLLATE "C" NOT NULL,
      environment text COLLATE "C" NOT NULL,
      spoke text COLLATE "C" NOT NULL,
      product text COLLATE "C" NOT NULL,
      type text NOT NULL,
      state text NOT NULL,
      phase text,
      outcome text,
      content json NOT NULL,
      digest text NOT NULL,
      content_key text NOT NULL,
      helm_values json NOT NULL,
      change_from json NOT NULL,
      change_to json NOT NULL,
      reason text NOT NULL,
      passed_over json NOT NULL,
      violations json NOT NULL,
      attempt integer NOT NULL,
      forced boolean,
      cancel_reason text,
      cancel_requested json,
      superseded_by text,
      message text,
      evidence json,
      created_at timestamptz NOT NULL,
      started_at timestamptz,
      ended_at timestamptz,
      version integer NOT NULL
    )`,
    `CREATE UNIQUE INDEX plans_one_open_per_entity ON plans (entity)
      WHERE state IN ('PENDING', 'BLOCKED', 'EXECUTING', 'UNKNOWN')`,
    `CREATE INDEX plans_executing ON plans (environment) WHERE state = 'EXECUTING'`,
    `CREATE INDEX plans_newest ON plans (created_at, position)`,
    `CREATE INDEX plans_entity_newest ON plans (entity, created_at, position)`,
    `CREATE INDEX plans_environment_newest ON plans (environment, created_at, position)`,
    `CREATE INDEX plans_state_newest ON plans (state, created_at, position)`,
    `CREATE TABLE evaluations (
      entity text COLLATE "C" PRIMARY KEY,
      at timestamptz NOT NULL,
      code text NOT NULL,
      why text NOT NULL,
      target json NOT NULL
    )`,
    `CREATE TABLE declines (
      entity text COLLATE "C" NOT NULL,
      content_key text COLLATE "C" NOT NULL,
      plan_id text NOT NULL,
      declined_by text NOT NULL,
      at timestamptz NOT NULL,
      why text NOT NULL,
      failures integer NOT NULL,
      standing boolean NOT NULL,
      PRIMARY KEY (entity, content_key)
    )`,
    `CREATE TABLE dirty_entities (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      entity text COLLATE "C" NOT NULL,
      force boolean NOT NULL
    )`,
    `CREATE INDEX dirty_entities_entity ON dirty_entities (entity, id)`,
  ];
}
