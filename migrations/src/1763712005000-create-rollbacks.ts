// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * What plans go back to. The newest baseline of an entity has the highest `position`. Plans that a
 * replica of an older version makes are ordinary ones. `evaluations_due` finds entities that need no
 * plan now and are to be looked at again at an instant.
 */
export class CreateRollbacks1763712005000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE baselines (
      position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      entity text COLLATE "C" NOT NULL,
      content_key text COLLATE "C" NOT NULL,
      plan_id text,
      version text NOT NULL,
      chart json NOT NULL,
      helm_values json NOT NULL,
      values_digest text NOT NULL,
      at timestamptz NOT NULL,
      how text NOT NULL,
      evidence json,
      CONSTRAINT baselines_content UNIQUE (entity, content_key)
    )`,
    `CREATE INDEX baselines_newest ON baselines (entity, position)`,
    `CREATE TABLE rollback_demands (
      entity text COLLATE "C" PRIMARY KEY,
      id text NOT NULL,
      kind text NOT NULL,
      back_to json NOT NULL,
      because text,
      demanded_by text NOT NULL,
      reason text NOT NULL,
      at timestamptz NOT NULL
    )`,
    `ALTER TABLE plans
      ADD COLUMN plan_class text NOT NULL DEFAULT 'ordinary',
      ADD COLUMN rollback_of text,
      ADD COLUMN repair_of text,
      ADD COLUMN rolled_back_by text`,
    `ALTER TABLE evaluations
      ADD COLUMN settling json,
      ADD COLUMN recheck_at timestamptz`,
    `CREATE INDEX evaluations_due ON evaluations (recheck_at, entity)
      WHERE recheck_at IS NOT NULL`,
  ];
}
