import type { Context } from '../context.js';
import type { SpokeRecord } from '../ports/records.js';
import { markAwaiting } from './mark-awaiting.js';
import { noteRuns } from './note-runs.js';
import { presenceOf } from './presence.js';
import { markOpenWork } from './spoke-session.js';

/**
 * Notes when spokes were last heard, all in one statement. Those that had not been heard for long,
 * without their session having ended, come one by one after that: what they run goes on, and plans
 * that wait for them are looked at again.
 */
export async function recordHeartbeats(
  context: Context,
  heard: ReadonlyMap<string, string>,
): Promise<void> {
  if (heard.size === 0) return;
  const returned = await context.store.transact(async (unit) => {
    const before = await unit.spokes.getMany([...heard.keys()]);
    const names = new Set(before.filter((one) => isBack(context, one)).map(({ name }) => name));
    await unit.spokes.seen(new Map([...heard].filter(([name]) => !names.has(name))));
    return names;
  });
  for (const name of returned) await recordReturn(context, name, heard);
}

function isBack({ clock, startedAt }: Context, spoke: SpokeRecord): boolean {
  return spoke.connected && presenceOf(spoke, { now: clock.now(), startedAt }) !== 'connected';
}

/** The spoke is locked before its runs, as by its reports. */
async function recordReturn(
  context: Context,
  name: string,
  heard: ReadonlyMap<string, string>,
): Promise<void> {
  await context.store.transact(async (unit) => {
    const spoke = await unit.spokes.lock(name);
    const isStillBack = spoke !== undefined && isBack(context, spoke);
    if (isStillBack) await noteRuns(context, unit, name, await unit.entities.ofSpokes([name]));
    await unit.spokes.seen(new Map([...heard].filter(([one]) => one === name)));
    if (!isStillBack) return;
    await markOpenWork(unit, name);
    await markAwaiting(unit, name);
  });
}
