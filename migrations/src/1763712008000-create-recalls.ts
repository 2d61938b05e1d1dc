// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * Recalls, by range of versions. Which releases are recalled follows from them, so `recalled` of
 * `releases` is written no more; it stays for replicas of the version before, which read it.
 */
export class CreateRecalls1763712008000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE recalls (
      id text COLLATE "C" PRIMARY KEY,
      product text COLLATE "C" NOT NULL,
      range text NOT NULL,
      strategy text NOT NULL,
      minimum text,
      reason text NOT NULL,
      created_by text NOT NULL,
      created_at timestamptz NOT NULL
    )`,
    `CREATE INDEX recalls_product ON recalls (product, id)`,
    `ALTER TABLE releases ALTER COLUMN recalled SET DEFAULT false`,
  ];
}
