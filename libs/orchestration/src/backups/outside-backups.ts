import type { Context } from '../context.js';
import type { Lease } from '../ports/leases.js';
import { transactUnder } from '../scheduling/under-lease.js';
import type { BackupProvider } from './backup-provider.js';
import {
  ASKED_AGAIN_MS,
  askForBackups,
  makeBackup,
  type WantedBackup,
  wantedBackups,
} from './run-backups.js';

const LEASE = 'backups';
/** How many backups are made at a time. */
const AT_ONCE = 4;

/**
 * Has the backups that were asked for made by somebody else, who takes time: nothing waits for it but
 * the plans that want them. Of several replicas one asks at a time; if it dies in the middle, another
 * has them made again, and says so.
 */
export class OutsideBackups {
  /** `holder`: one running process. */
  constructor(
    private readonly context: Context,
    private readonly provider: BackupProvider,
    private readonly holder: string,
  ) {}

  /** Has all made that are asked for, unless another replica does. */
  async run(): Promise<void> {
    let held: Lease | undefined;
    for (;;) {
      const { lease, wanted } = await this.next(held);
      if (lease === undefined) return;
      held = lease;
      const made = await Promise.allSettled(wanted.map((one) => this.make(lease, one)));
      const errors = made.flatMap((one): unknown[] =>
        one.status === 'rejected' ? [one.reason] : [],
      );
      if (errors.length === 1) throw errors[0];
      if (errors.length > 1) throw new AggregateError(errors, 'several backups were not made');
    }
  }

  /** The next few, and the right to make them; what was held is let go where there are none. */
  private next(held: Lease | undefined): Promise<{
    readonly lease?: Lease;
    readonly wanted: readonly WantedBackup[];
  }> {
    return this.context.store.transact(async (unit) => {
      const wanted = await wantedBackups(this.context, unit, AT_ONCE);
      if (wanted.length === 0) {
        if (held !== undefined) await unit.leases.release(held);
        return { wanted };
      }
      const now = this.context.clock.now().toISOString();
      const request = { name: LEASE, holder: this.holder, ttlMs: ASKED_AGAIN_MS, now };
      const lease = await unit.leases.acquire(request);
      if (lease === undefined) return { wanted: [] };
      return { lease, wanted: await askForBackups(this.context, unit, wanted) };
    });
  }

  private make(lease: Lease, wanted: WantedBackup): Promise<void> {
    const { context, provider } = this;
    return makeBackup(context, provider, wanted, (work) =>
      transactUnder(context.store, lease, work),
    );
  }
}
