import type { PromotionPath } from '@apollo-deploy/domain';
import type { BackupProvider } from './backups/backup-provider.js';
import type { HealthProvider } from './pipeline/health-provider.js';
import type { RollbackProvider } from './pipeline/rollback-provider.js';
import type { Turns } from './pipeline/turns.js';
import type { Clock } from './ports/clock.js';
import type { Ids } from './ports/ids.js';
import type { PlanSigner } from './ports/plan-signer.js';
import type { Store } from './ports/store.js';

/** What every use case works with. */
export interface Context {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  /** When this replica started: it judges nobody by a silence that may have been its own. */
  readonly startedAt: Date;
  /** From which tiers versions may be promoted to which. Absent: along all the paths that there are. */
  readonly promotionPaths?: readonly PromotionPath[];
  /** Absent: this replica has no key, and sends nothing to spokes that carry out signed plans only. */
  readonly signer?: PlanSigner;
  /** Somebody else who makes backups, asked by `OutsideBackups`. Absent: the engine keeps releases itself. */
  readonly backups?: BackupProvider;
  /** Somebody else who watches services. Absent: what the spokes report is all that counts. */
  readonly health?: HealthProvider;
  /** Somebody else who takes services back when people ask for it. Absent: the engine does. */
  readonly rollbacks?: RollbackProvider;
  /** In which what people ask for is done at an environment. Absent: only its lock keeps them apart. */
  readonly turns?: Turns;
}
