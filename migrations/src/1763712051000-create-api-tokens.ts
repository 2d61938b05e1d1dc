// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * Tokens by which people and machines act, by their SHA-256. Who is a machine is said of the owner;
 * null: a person.
 */
export class CreateApiTokens1763712051000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE api_tokens (
      id text COLLATE "C" PRIMARY KEY,
      name text NOT NULL,
      owner text COLLATE "C" NOT NULL,
      hash text COLLATE "C" NOT NULL,
      scope json NOT NULL,
      created_by text NOT NULL,
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      revoked_at timestamptz,
      revoked_by text,
      last_used_at timestamptz,
      CONSTRAINT api_tokens_hash UNIQUE (hash)
    )`,
    `CREATE INDEX api_tokens_owner ON api_tokens (owner, id)`,
    `ALTER TABLE people ADD COLUMN machine boolean`,
  ];
}
