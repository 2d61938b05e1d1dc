import type { Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import { spokeNotFound } from './spoke-not-found.js';

/**
 * Ends the join tokens of a spoke that nobody has used; the spoke stays as it is. Where there are none,
 * nothing is done.
 */
export async function endJoinTokens(
  context: Context,
  principal: Principal,
  spoke: string,
): Promise<Result<void, Refusal>> {
  return context.store.transact(async (unit) => {
    if ((await unit.spokes.lock(spoke)) === undefined) return err(spokeNotFound(spoke));
    const ended = await unit.joinTokens.removeUnused(spoke);
    if (ended === 0) return ok(undefined);
    const deed = { action: 'spoke.token_ended', subject: `spoke/${spoke}`, detail: { ended } };
    await record(context, unit, principal, deed);
    return ok(undefined);
  });
}
