// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** What is told to spokes, what is kept for auditors, and what was answered to callers. */
export class CreateMessages1763712003000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE outbox_messages (
      id text COLLATE "C" PRIMARY KEY,
      position bigint GENERATED ALWAYS AS IDENTITY,
      spoke text COLLATE "C" NOT NULL,
      type text NOT NULL,
      plan_id text COLLATE "C" NOT NULL,
      payload json NOT NULL,
      created_at timestamptz NOT NULL
    )`,
    `CREATE INDEX outbox_messages_spoke_position ON outbox_messages (spoke, position)`,
    `CREATE INDEX outbox_messages_plan ON outbox_messages (plan_id)`,
    `CREATE TABLE audit_entries (
      id text COLLATE "C" PRIMARY KEY,
      position bigint GENERATED ALWAYS AS IDENTITY,
      at timestamptz NOT NULL,
      actor text COLLATE "C" NOT NULL,
      actor_kind text NOT NULL,
      action text NOT NULL,
      subject text COLLATE "C" NOT NULL,
      detail json NOT NULL,
      request_id text
    )`,
    `CREATE INDEX audit_entries_oldest ON audit_entries (at, position)`,
    `CREATE INDEX audit_entries_actor_oldest ON audit_entries (actor, at, position)`,
    `CREATE INDEX audit_entries_subject_oldest ON audit_entries (subject, at, position)`,
    `CREATE TABLE idempotency_records (
      principal text COLLATE "C" NOT NULL,
      key text COLLATE "C" NOT NULL,
      request_digest text NOT NULL,
      status integer NOT NULL,
      body json NOT NULL,
      created_at timestamptz NOT NULL,
      PRIMARY KEY (principal, key)
    )`,
  ];
}
