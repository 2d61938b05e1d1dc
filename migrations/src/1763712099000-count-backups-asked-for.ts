// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** How often whoever makes a backup was asked for it, and when last; what older versions keep says neither. */
export class CountBackupsAskedFor1763712099000 extends ForwardOnlyMigration {
  protected readonly statements = [
    'ALTER TABLE backups ADD COLUMN asked integer, ADD COLUMN asked_at timestamptz',
  ];
}
