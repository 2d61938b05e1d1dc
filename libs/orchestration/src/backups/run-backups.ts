import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { ENGINE } from '../ports/principal.js';
import type { BackupProvider } from './backup-provider.js';

/** How many backups one turn makes. */
const TURN = 20;

/**
 * Makes the backups that were asked for, whoever asked, and looks at their entities again. One that a
 * crash cut off is made again. Answers how many there were.
 */
export async function runBackups(context: Context, provider: BackupProvider): Promise<number> {
  const requested = await context.store.transact((unit) => unit.backups.requested(TURN));
  for (const request of requested) {
    const taken = await provider.take(context, request);
    await context.store.transact(async (unit) => {
      const { detail: _, ...rest } = request;
      await unit.backups.put({
        ...rest,
        at: context.clock.now().toISOString(),
        ...(taken.ok
          ? { ...taken.value, status: 'done' }
          : { status: 'failed', detail: taken.error.detail }),
      });
      await unit.dirty.mark([request.entity]);
      await record(context, unit, ENGINE, {
        action: taken.ok ? 'backup.done' : 'backup.fail',
        subject: `entity/${request.entity}`,
        detail: { releaseDigest: request.releaseDigest, by: request.by },
      });
    });
  }
  return requested.length;
}
