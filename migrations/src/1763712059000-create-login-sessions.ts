// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** What the browsers of people hold after a login, by the SHA-256 of its secret. */
export class CreateLoginSessions1763712059000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE login_sessions (
      id text COLLATE "C" PRIMARY KEY,
      person text COLLATE "C" NOT NULL,
      hash text COLLATE "C" NOT NULL,
      started_at timestamptz NOT NULL,
      idle_ends_at timestamptz NOT NULL,
      ends_at timestamptz NOT NULL,
      ended_at timestamptz,
      ended_by text,
      CONSTRAINT login_sessions_hash UNIQUE (hash)
    )`,
    `CREATE INDEX login_sessions_person ON login_sessions (person, ends_at)`,
  ];
}
