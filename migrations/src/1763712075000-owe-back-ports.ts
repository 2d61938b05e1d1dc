// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** A hotfix knows by which break-glass it went, and since when what is below production has it too. */
export class OweBackPorts1763712075000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `ALTER TABLE deployment_history
      ADD COLUMN break_glass text,
      ADD COLUMN back_ported_at timestamptz`,
    `CREATE INDEX deployment_history_owing ON deployment_history (service)
      WHERE kind = 'hotfix' AND status = 'completed' AND back_ported_at IS NULL`,
  ];
}
