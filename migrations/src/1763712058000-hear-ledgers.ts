// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** A spoke tells what its ledger holds in each session, and for which releases it was lost. */
export class HearLedgers1763712058000 extends ForwardOnlyMigration {
  protected readonly statements = [
    'ALTER TABLE spokes ADD COLUMN ledger_epoch bigint',
    'ALTER TABLE spokes ADD COLUMN lost_ledgers json',
  ];
}
