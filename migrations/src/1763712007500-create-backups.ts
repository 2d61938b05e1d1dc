// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** Backups of what runs, made or asked for; `backups_requested` finds the few that are under way. */
export class CreateBackups1763712007500 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE backups (
      entity text COLLATE "C" NOT NULL,
      release_digest text COLLATE "C" NOT NULL,
      status text NOT NULL,
      made_by text NOT NULL,
      at timestamptz NOT NULL,
      covers text NOT NULL,
      detail text,
      snapshot json,
      PRIMARY KEY (entity, release_digest)
    )`,
    `CREATE INDEX backups_requested ON backups (entity, release_digest) WHERE status = 'requested'`,
  ];
}
