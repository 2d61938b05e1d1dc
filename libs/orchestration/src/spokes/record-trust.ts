import type { Refusal } from '@apollo-deploy/domain';
import { ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { KeyTrust } from '../ports/key-sets.js';
import { markOpenWork } from './mark-open-work.js';
import { fenced, type SpokeSession } from './spoke-session.js';

/**
 * Notes that the session's spoke goes by another key set than it said before. What waits for it is
 * looked at again: this replica, or another one, may be able to sign it now.
 */
export async function recordTrust(
  context: Context,
  session: SpokeSession,
  trusts: KeyTrust,
): Promise<Result<void, Refusal>> {
  return context.store.transact(async (unit) => {
    const fence = await fenced(unit, session);
    if (!fence.ok) return fence;
    const { hello, ...spoke } = fence.value;
    if (hello === undefined) return ok(undefined);
    await unit.spokes.save({ ...spoke, hello: { ...hello, trusts } });
    await markOpenWork(unit, session.spoke);
    const { version, threshold, keyIds } = trusts;
    await record(
      context,
      unit,
      { kind: 'spoke', name: session.spoke, roles: [] },
      {
        action: 'spoke.trusts',
        subject: `spoke/${session.spoke}`,
        detail: { version, threshold, keyIds: [...keyIds], before: hello.trusts?.version ?? null },
      },
    );
    return ok(undefined);
  });
}
