// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * What has changed lately, for whoever watches. `transaction` is the number of the transaction that
 * wrote an event: readers wait until all earlier ones have ended, so that none is passed over.
 */
export class CreateEvents1763712011000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE events (
      transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
      position bigint GENERATED ALWAYS AS IDENTITY,
      at timestamptz NOT NULL,
      type text NOT NULL,
      subject json NOT NULL,
      data json NOT NULL,
      PRIMARY KEY (transaction, position)
    )`,
  ];
}
