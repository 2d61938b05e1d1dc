import type { Refusal } from '@apollo-deploy/domain';
import { ok, type Result } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import { markOpenWork } from './mark-open-work.js';
import { fenced, type SpokeSession } from './spoke-session.js';

/** Less is the way of the message, or nothing that decides anything. */
const WORTH_NOTING_MS = 60_000;

/** How far a clock that says `said` is ahead of `now`, in milliseconds; absent if that is no instant. */
export function clockSkew(said: string, now: Date): number | undefined {
  const skewMs = Date.parse(said) - now.getTime();
  return Number.isNaN(skewMs) ? undefined : skewMs;
}

/**
 * What the clock of the hub said when that of a spoke said `said`; `skewMs`: how far the spoke's is
 * known to be ahead. Absent if that is no instant.
 */
export function byHubClock(said: string, skewMs = 0): Date | undefined {
  const at = Date.parse(said) - skewMs;
  return Number.isNaN(at) ? undefined : new Date(at);
}

/** Whether a skew is so far from what was noted that it is to be noted. */
export function isWorthNoting(skewMs: number, notedMs: number | undefined): boolean {
  return notedMs === undefined || Math.abs(skewMs - notedMs) >= WORTH_NOTING_MS;
}

/** Notes that the session's spoke tells another time than before; plans that wait for it are looked at again. */
export async function recordClockSkew(
  context: Context,
  session: SpokeSession,
  clockSkewMs: number,
): Promise<Result<void, Refusal>> {
  return context.store.transact(async (unit) => {
    const spoke = await fenced(unit, session);
    if (!spoke.ok) return spoke;
    if (isWorthNoting(clockSkewMs, spoke.value.clockSkewMs)) {
      await unit.spokes.save({ ...spoke.value, clockSkewMs });
      await markOpenWork(unit, session.spoke);
    }
    return ok(undefined);
  });
}
