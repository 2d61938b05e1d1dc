// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * What entities and charts have been through together. What ran before this step, or is brought by a
 * replica of an older version, has no record and has to prove itself again.
 */
export class CreateRuns1763712007000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE runs (
      entity text COLLATE "C" NOT NULL,
      chart_sha256 text COLLATE "C" NOT NULL,
      version text NOT NULL,
      product text NOT NULL,
      spoke text NOT NULL,
      environment text NOT NULL,
      tier text NOT NULL,
      plan_id text NOT NULL,
      proven_at timestamptz,
      healthy_ms bigint NOT NULL,
      healthy_since timestamptz,
      PRIMARY KEY (entity, chart_sha256)
    )`,
    `CREATE INDEX runs_chart ON runs (chart_sha256, environment)`,
    `CREATE INDEX runs_underway ON runs (spoke) WHERE healthy_since IS NOT NULL`,
  ];
}
