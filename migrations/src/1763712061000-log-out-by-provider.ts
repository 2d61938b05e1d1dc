// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * Whom the identity provider vouched for, so that it can say that they have logged out, each time once;
 * and the ways to find what was over long ago.
 */
export class LogOutByProvider1763712061000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `ALTER TABLE login_sessions
      ADD COLUMN issuer text COLLATE "C",
      ADD COLUMN subject text COLLATE "C",
      ADD COLUMN sid text COLLATE "C"`,
    `CREATE INDEX login_sessions_subject ON login_sessions (issuer, subject)`,
    `CREATE INDEX login_sessions_sid ON login_sessions (issuer, sid) WHERE sid IS NOT NULL`,
    `CREATE INDEX login_sessions_end ON login_sessions (ends_at)`,
    `CREATE INDEX api_tokens_end ON api_tokens ((LEAST(expires_at, revoked_at)))`,
    `CREATE TABLE logout_tokens (
      issuer text COLLATE "C" NOT NULL,
      id text COLLATE "C" NOT NULL,
      kept_until timestamptz NOT NULL,
      PRIMARY KEY (issuer, id)
    )`,
    `CREATE INDEX logout_tokens_end ON logout_tokens (kept_until)`,
  ];
}
