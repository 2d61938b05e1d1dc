// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** What people asked to be deployed, and what became of it. The first columns are those of the pipeline API. */
export class CreateDeploymentHistory1763712073000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE deployment_history (
      id text COLLATE "C" PRIMARY KEY,
      service text COLLATE "C" NOT NULL,
      from_version text,
      to_version text NOT NULL,
      environment text COLLATE "C" NOT NULL,
      strategy text NOT NULL,
      deployed_by text COLLATE "C" NOT NULL,
      deployed_at timestamptz DEFAULT now() NOT NULL,
      status text NOT NULL,
      rollback_version text,
      notes text,
      duration_seconds double precision,
      kind text NOT NULL,
      wish json NOT NULL,
      chart_sha256 text NOT NULL,
      deployed_by_kind text NOT NULL,
      reason text,
      ended_at timestamptz,
      queued boolean NOT NULL,
      steps json NOT NULL,
      targets json NOT NULL,
      backup text NOT NULL,
      superseded_by text,
      proof json,
      version integer NOT NULL
    )`,
    `CREATE INDEX idx_deployment_service ON deployment_history (service)`,
    `CREATE INDEX idx_deployment_env ON deployment_history (environment)`,
    `CREATE INDEX idx_deployment_date ON deployment_history (deployed_at DESC)`,
    `CREATE UNIQUE INDEX deployment_history_under_way
      ON deployment_history (service, environment, queued) WHERE ended_at IS NULL`,
    `CREATE INDEX deployment_history_newest
      ON deployment_history (service, environment, deployed_at DESC, id DESC)`,
  ];
}
