import type { Refusal } from '@apollo-deploy/domain';
import { ok, type Result } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import { fenced, type SpokeSession } from './spoke-session.js';

/** Takes a message out of the outbox for good; refused to a session that is not the newest. */
export async function acknowledgeMessage(
  { store }: Context,
  session: SpokeSession,
  messageId: string,
): Promise<Result<void, Refusal>> {
  return store.transact(async (unit) => {
    const spoke = await fenced(unit, session);
    if (!spoke.ok) return spoke;
    await unit.outbox.acknowledge(session.spoke, messageId);
    return ok(undefined);
  });
}
