// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * The words of people and what they are asked by. A rule that nobody touched is not here: the default
 * rules are part of the program, and a row of the same name takes the place of one. `rule` is JSON
 * `null` where it was taken away. A hub of an older version sends plans without asking anybody, as it
 * always did.
 */
export class CreateApprovals1763712046000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE approval_rules (
      name text COLLATE "C" PRIMARY KEY,
      rule json NOT NULL,
      set_by text NOT NULL,
      set_at timestamptz NOT NULL,
      version integer NOT NULL
    )`,
    `CREATE TABLE approvals (
      id text COLLATE "C" PRIMARY KEY,
      entity text COLLATE "C" NOT NULL,
      plan_id text COLLATE "C" NOT NULL,
      approved_by text NOT NULL,
      roles json NOT NULL,
      digest text NOT NULL,
      approved_at timestamptz NOT NULL,
      comment text,
      withdrawn_at timestamptz,
      consumed_at timestamptz,
      consumed_by text COLLATE "C"
    )`,
    `CREATE INDEX approvals_standing ON approvals (entity)
      WHERE withdrawn_at IS NULL AND consumed_at IS NULL`,
    `CREATE INDEX approvals_consumed ON approvals (consumed_by) WHERE consumed_by IS NOT NULL`,
    `CREATE TABLE approval_requests (
      entity text COLLATE "C" NOT NULL,
      rule text COLLATE "C" NOT NULL,
      plan_id text NOT NULL,
      ran_ms bigint NOT NULL,
      running_since timestamptz,
      asked_at timestamptz,
      escalated_at timestamptz,
      PRIMARY KEY (entity, rule)
    )`,
    `CREATE TABLE delegations (
      id text COLLATE "C" PRIMARY KEY,
      giver text NOT NULL,
      lent_to text NOT NULL,
      roles json NOT NULL,
      scope json NOT NULL,
      lent_from timestamptz NOT NULL,
      lent_until timestamptz NOT NULL,
      given_at timestamptz NOT NULL
    )`,
    `CREATE INDEX delegations_ends ON delegations (lent_until)`,
  ];
}
