// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** Those outside who are told of what happens, which need not be about a deployment. */
export class CreateWebhooks1763712082000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE webhooks (
      id text COLLATE "C" PRIMARY KEY,
      name text COLLATE "C" NOT NULL UNIQUE,
      kind text COLLATE "C" NOT NULL,
      url text NOT NULL,
      events json,
      environments json,
      products json,
      secret text,
      former_secret json,
      off json,
      created_by text COLLATE "C" NOT NULL,
      created_at timestamptz NOT NULL,
      version integer NOT NULL
    )`,
    'ALTER TABLE notifications ALTER COLUMN deployment DROP NOT NULL',
  ];
}
