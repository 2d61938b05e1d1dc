// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * What can be released and where to. Names and ids sort by their bytes (COLLATE "C"), as pages do.
 * Columns of type json are kept as they were written, so that they can carry any text, U+0000
 * included, which jsonb refuses. Nothing is deleted from here, so there are no foreign keys to
 * keep in step: use cases check what they refer to, for every store alike.
 */
export class CreateCatalog1763712000000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE environments (
      name text COLLATE "C" PRIMARY KEY,
      tier text NOT NULL,
      channel text NOT NULL,
      execution text NOT NULL,
      rollback_on_failure boolean NOT NULL,
      max_concurrent integer,
      created_at timestamptz NOT NULL,
      version integer NOT NULL
    )`,
    `CREATE TABLE products (
      name text COLLATE "C" PRIMARY KEY,
      criticality text NOT NULL,
      owner text,
      namespace text,
      rollout_timeout_seconds integer NOT NULL,
      labels json NOT NULL,
      created_at timestamptz NOT NULL,
      version integer NOT NULL
    )`,
    `CREATE TABLE releases (
      id text COLLATE "C" PRIMARY KEY,
      product text COLLATE "C" NOT NULL,
      version text COLLATE "C" NOT NULL,
      chart json NOT NULL,
      dependencies json NOT NULL,
      recalled boolean NOT NULL,
      created_at timestamptz NOT NULL,
      created_by text NOT NULL,
      CONSTRAINT releases_product_version UNIQUE (product, version)
    )`,
    `CREATE INDEX releases_product_id ON releases (product, id)`,
    `CREATE TABLE charts (
      sha256 text COLLATE "C" PRIMARY KEY,
      bytes bytea NOT NULL
    )`,
    // Archives are compressed already.
    `ALTER TABLE charts ALTER COLUMN bytes SET STORAGE EXTERNAL`,
    `CREATE TABLE channel_entries (
      product text COLLATE "C" NOT NULL,
      channel text COLLATE "C" NOT NULL,
      version text COLLATE "C" NOT NULL,
      added_at timestamptz NOT NULL,
      added_by text NOT NULL,
      PRIMARY KEY (product, channel, version)
    )`,
    `CREATE INDEX channel_entries_channel ON channel_entries (channel)`,
  ];
}
