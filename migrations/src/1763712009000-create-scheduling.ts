// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * Who does what only one replica should do, and which occurrences of schedules were acted on. A lease
 * that is given back keeps its row, because its token must never fall; occurrences are kept for ever,
 * because each is claimed once. `plans_blocked` and `plans_pending` find the few plans that wait among
 * all those that have ended.
 */
export class CreateScheduling1763712009000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE leases (
      name text COLLATE "C" PRIMARY KEY,
      holder text COLLATE "C" NOT NULL,
      token bigint NOT NULL,
      ttl_ms integer NOT NULL,
      until timestamptz
    )`,
    `CREATE TABLE occurrences (
      schedule text COLLATE "C" NOT NULL,
      starts_at timestamptz NOT NULL,
      ends_at timestamptz NOT NULL,
      missed integer NOT NULL,
      claimed_at timestamptz NOT NULL,
      PRIMARY KEY (schedule, starts_at)
    )`,
    `CREATE INDEX plans_blocked ON plans (environment, entity) WHERE state = 'BLOCKED'`,
    `CREATE INDEX plans_pending ON plans (entity) WHERE state = 'PENDING'`,
  ];
}
