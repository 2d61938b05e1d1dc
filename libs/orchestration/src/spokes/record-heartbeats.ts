import type { Context } from '../context.js';
import type { SpokeRecord } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { markAwaiting } from './mark-awaiting.js';
import { noteRuns } from './note-runs.js';
import { PRESENCE_LIMITS, presenceOf } from './presence.js';
import { markOpenWork } from './mark-open-work.js';

/** How far the clocks of two replicas may be apart, in milliseconds, before they judge silence differently. */
const CLOCKS_APART_MS = 5000;

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
    await wakeJudgedSilent(
      context,
      unit,
      before.filter(({ name }) => !names.has(name)),
    );
    return names;
  });
  for (const name of returned) await recordReturn(context, name, heard);
}

/** One that cannot see its cluster is not: it says itself when it sees again. */
function isBack({ clock, startedAt }: Context, spoke: SpokeRecord): boolean {
  if (spoke.hello?.blindSince !== undefined) return false;
  return spoke.connected && presenceOf(spoke, { now: clock.now(), startedAt }) !== 'connected';
}

/**
 * Somebody may have judged one silent before it was noted just now that it is not, and made a plan that
 * waits for it. Looked for once it is noted: whoever comes later knows.
 */
async function wakeJudgedSilent(
  { clock }: Context,
  unit: UnitOfWork,
  before: readonly SpokeRecord[],
): Promise<void> {
  const since = clock.now().getTime() - PRESENCE_LIMITS.staleAfterMs + CLOCKS_APART_MS;
  const late = before.filter(
    ({ connected, hello, lastSeenAt }) =>
      connected &&
      hello?.blindSince === undefined &&
      lastSeenAt !== undefined &&
      Date.parse(lastSeenAt) <= since,
  );
  if (late.length === 0) return;
  const names = late.map(({ name }) => name);
  await markOpenWork(unit, ...names);
  await markAwaiting(unit, ...names);
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
