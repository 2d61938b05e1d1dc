import type { Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import type { JoinTokenRecord } from '../ports/trust-repositories.js';
import { spokeNotFound } from './spoke-not-found.js';

/** The join tokens of a spoke with which somebody may still join, oldest first. */
export async function unusedJoinTokens(
  { store, clock }: Context,
  spoke: string,
): Promise<Result<readonly JoinTokenRecord[], Refusal>> {
  return store.transact(async (unit) => {
    if ((await unit.spokes.get(spoke)) === undefined) return err(spokeNotFound(spoke));
    const now = clock.now().getTime();
    const unused = await unit.joinTokens.unusedOf(spoke);
    return ok(unused.filter(({ expiresAt }) => Date.parse(expiresAt) > now));
  });
}
