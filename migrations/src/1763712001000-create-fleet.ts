// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** The spokes, what they report, and what should run there. */
export class CreateFleet1763712001000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE spokes (
      name text COLLATE "C" PRIMARY KEY,
      environment text COLLATE "C" NOT NULL,
      token_hash text COLLATE "C" NOT NULL,
      token_expires_at timestamptz NOT NULL,
      token_used boolean NOT NULL,
      revoked boolean NOT NULL,
      epoch bigint NOT NULL,
      connected boolean NOT NULL,
      last_seen_at timestamptz,
      hello json,
      state_epoch bigint,
      state_generation bigint,
      state_at timestamptz,
      created_at timestamptz NOT NULL
    )`,
    `CREATE INDEX spokes_token_hash ON spokes (token_hash)`,
    `CREATE TABLE release_states (
      spoke text COLLATE "C" NOT NULL,
      namespace text COLLATE "C" NOT NULL,
      release_name text COLLATE "C" NOT NULL,
      digest text NOT NULL,
      report json NOT NULL,
      PRIMARY KEY (spoke, namespace, release_name)
    )`,
    `CREATE TABLE entities (
      name text COLLATE "C" PRIMARY KEY,
      spoke text COLLATE "C" NOT NULL,
      environment text COLLATE "C" NOT NULL,
      product text COLLATE "C" NOT NULL,
      namespace text COLLATE "C" NOT NULL,
      release_name text COLLATE "C" NOT NULL,
      desired json NOT NULL,
      helm_values json NOT NULL,
      labels json NOT NULL,
      strategy text NOT NULL,
      edited_by text NOT NULL,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL,
      version integer NOT NULL,
      CONSTRAINT entities_release UNIQUE (spoke, namespace, release_name)
    )`,
    `CREATE INDEX entities_environment_name ON entities (environment, name)`,
    `CREATE INDEX entities_product_name ON entities (product, name)`,
    `CREATE INDEX entities_spoke_name ON entities (spoke, name)`,
  ];
}
