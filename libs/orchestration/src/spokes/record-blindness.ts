import type { Refusal } from '@apollo-deploy/domain';
import { ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { SpokeRecord } from '../ports/records.js';
import { markAwaiting } from './mark-awaiting.js';
import { markOpenWork } from './mark-open-work.js';
import { noteRuns, pauseRunsOf } from './note-runs.js';
import { fenced, type SpokeSession } from './spoke-session.js';

/**
 * Notes that the session's spoke cannot see its cluster any more, or sees it again. While it cannot, what
 * it said last is shown as of then, and counts for nothing that waits for what runs there. What is noted
 * already changes nothing.
 */
export async function recordBlindness(
  context: Context,
  session: SpokeSession,
  blind: boolean,
): Promise<Result<void, Refusal>> {
  return context.store.transact(async (unit) => {
    const fence = await fenced(unit, session);
    if (!fence.ok) return fence;
    const { hello, ...spoke } = fence.value;
    if (hello === undefined || blind === (hello.blindSince !== undefined)) return ok(undefined);
    const { blindSince: since, ...said } = hello;
    const blindSince = context.clock.now().toISOString();
    const next: SpokeRecord = { ...spoke, hello: blind ? { ...said, blindSince } : said };
    if (blind) await pauseRunsOf(unit, fence.value);
    else {
      await noteRuns(context, unit, session.spoke, await unit.entities.ofSpokes([session.spoke]));
    }
    await unit.spokes.save(next);
    await markOpenWork(unit, session.spoke);
    if (!blind) await markAwaiting(unit, session.spoke);
    await record(
      context,
      unit,
      { kind: 'spoke', name: session.spoke, roles: [] },
      {
        action: blind ? 'spoke.blind' : 'spoke.sees_again',
        subject: `spoke/${session.spoke}`,
        detail: { since: since ?? blindSince },
      },
    );
    return ok(undefined);
  });
}
