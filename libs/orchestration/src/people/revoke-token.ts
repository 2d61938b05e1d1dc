import { refusal, type Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';

/** Which token is to be worth nothing any more. */
export interface TokenToRevoke {
  readonly id: string;
  /** Only a token of this owner counts: those of others are not there. Absent = anybody's. */
  readonly owner?: string;
}

/** Ends a token, from the next request on, at every replica. Refused if there is none, or no more. */
export async function revokeToken(
  context: Context,
  principal: Principal,
  { id, owner }: TokenToRevoke,
): Promise<Result<void, Refusal>> {
  return context.store.transact(async (unit) => {
    const token = await unit.tokens.get(id);
    const at = context.clock.now().toISOString();
    const isMeant = token !== undefined && (owner === undefined || token.owner === owner);
    if (!isMeant || !(await unit.tokens.revoke(id, principal.name, at))) {
      return err(
        refusal(
          'token/not_found',
          `there is no token ${JSON.stringify(id)} to revoke; it may be revoked already, see GET /api/v1/tokens`,
        ),
      );
    }
    await record(context, unit, principal, {
      action: 'token.revoke',
      subject: `person/${token.owner}`,
      detail: { revoked: id, name: token.name },
    });
    return ok(undefined);
  });
}
