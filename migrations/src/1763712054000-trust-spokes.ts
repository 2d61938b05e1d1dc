// -- compat: contract
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * Spokes are known by a key of their own instead of a token: each has to join anew. A replica that runs
 * the version before cannot let any in.
 */
export class TrustSpokes1763712054000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `DROP INDEX spokes_token_hash`,
    `ALTER TABLE spokes
      DROP COLUMN token_hash,
      DROP COLUMN token_expires_at,
      DROP COLUMN token_used,
      ADD COLUMN credential json,
      ADD COLUMN alarm json,
      ADD COLUMN instances json,
      ADD COLUMN revocation json`,
    `CREATE TABLE join_tokens (
      hash text COLLATE "C" PRIMARY KEY,
      spoke text COLLATE "C" NOT NULL,
      cluster_uid text COLLATE "C",
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      used_by text COLLATE "C"
    )`,
    `CREATE INDEX join_tokens_spoke ON join_tokens (spoke)`,
    `CREATE INDEX join_tokens_expires_at ON join_tokens (expires_at)`,
    `CREATE TABLE session_tokens (
      spoke text COLLATE "C" NOT NULL,
      id text COLLATE "C" NOT NULL,
      kept_until timestamptz NOT NULL,
      PRIMARY KEY (spoke, id)
    )`,
    `CREATE INDEX session_tokens_kept_until ON session_tokens (kept_until)`,
    `CREATE TABLE hub_identity (
      single boolean PRIMARY KEY DEFAULT true CHECK (single),
      id text COLLATE "C" NOT NULL
    )`,
    `CREATE FUNCTION tell_of_revocations() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_notify('apollo_signals', 'revoked ' || NEW.name);
        RETURN NULL;
      END $$`,
    `CREATE TRIGGER tell_of_revocations AFTER UPDATE ON spokes
      FOR EACH ROW WHEN (NEW.revoked AND NOT OLD.revoked)
      EXECUTE FUNCTION tell_of_revocations()`,
  ];
}
