import type { Context } from '../context.js';
import { markAwaiting } from './mark-awaiting.js';
import { noteRuns } from './note-runs.js';
import { presenceOf } from './presence.js';
import { markOpenWork } from './spoke-session.js';

/**
 * Notes when spokes were last heard, all in one statement. Plans that wait for one that had not been
 * heard for long, without its session having ended, are looked at again.
 */
export async function recordHeartbeats(
  context: Context,
  heard: ReadonlyMap<string, string>,
): Promise<void> {
  if (heard.size === 0) return;
  const facts = { now: context.clock.now(), startedAt: context.startedAt };
  await context.store.transact(async (unit) => {
    const before = await unit.spokes.getMany([...heard.keys()]);
    const returned = before.filter(
      (spoke) => spoke.connected && presenceOf(spoke, facts) !== 'connected',
    );
    for (const { name } of returned) {
      await noteRuns(context, unit, name, await unit.entities.ofSpoke(name));
    }
    await unit.spokes.seen(heard);
    for (const { name } of returned) {
      await markOpenWork(unit, name);
      await markAwaiting(unit, name);
    }
  });
}
