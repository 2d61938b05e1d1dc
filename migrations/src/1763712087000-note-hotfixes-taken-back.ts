// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** A hotfix knows since when it runs no more where it went, and owes nothing then. */
export class NoteHotfixesTakenBack1763712087000 extends ForwardOnlyMigration {
  protected readonly statements = [
    'ALTER TABLE deployment_history ADD COLUMN taken_back_at timestamptz',
    'DROP INDEX deployment_history_owing',
    `CREATE INDEX deployment_history_owing ON deployment_history (service)
      WHERE kind = 'hotfix' AND status = 'completed'
        AND back_ported_at IS NULL AND taken_back_at IS NULL`,
  ];
}
