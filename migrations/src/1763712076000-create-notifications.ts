// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** What others outside are to be told of deployments, in one line for each of them. */
export class CreateNotifications1763712076000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE notifications (
      id text COLLATE "C" PRIMARY KEY,
      receiver text COLLATE "C" NOT NULL,
      sequence bigint GENERATED ALWAYS AS IDENTITY,
      deployment text COLLATE "C" NOT NULL,
      environment text COLLATE "C" NOT NULL,
      body json NOT NULL,
      created_at timestamptz NOT NULL,
      attempts integer NOT NULL,
      tried_since timestamptz NOT NULL,
      next_attempt_at timestamptz,
      delivered_at timestamptz,
      dead_at timestamptz,
      last_error text
    )`,
    `CREATE INDEX notifications_line ON notifications (receiver, sequence)
      WHERE next_attempt_at IS NOT NULL`,
    `CREATE INDEX notifications_delivered ON notifications (delivered_at)
      WHERE delivered_at IS NOT NULL`,
    `CREATE INDEX notifications_dead ON notifications (dead_at) WHERE dead_at IS NOT NULL`,
  ];
}
