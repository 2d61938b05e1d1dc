// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * A break-glass by which nothing went owes no review once its hotfix has ended (null: it does, or was
 * reviewed). What ended before this still owes one, as it was told so.
 */
export class CloseUnusedBreakGlasses1763712098000 extends ForwardOnlyMigration {
  protected readonly statements = [
    'ALTER TABLE break_glasses ADD COLUMN unused_at timestamptz',
    'DROP INDEX break_glasses_owed',
    'DROP INDEX break_glasses_untold',
    `CREATE INDEX break_glasses_owed ON break_glasses (product, opened_at)
      WHERE review IS NULL AND unused_at IS NULL`,
    `CREATE INDEX break_glasses_untold ON break_glasses (due_at)
      WHERE review IS NULL AND unused_at IS NULL AND overdue_told_at IS NULL`,
  ];
}
