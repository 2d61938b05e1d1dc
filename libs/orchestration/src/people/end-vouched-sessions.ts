import { refusal, type Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { LogoutTokenUse, VouchedLogout } from '../ports/login-session-repository.js';
import { ENGINE } from '../ports/principal.js';

export interface ProviderLogout {
  readonly logout: VouchedLogout;
  /** The message that said so, which has been verified. */
  readonly token: LogoutTokenUse;
  readonly requestId: string;
}

/**
 * Ends the sessions of whom their identity provider has logged out, from the next request on, at every
 * replica; tokens go on working. Nothing happens if there are none. Refused if the same message has come
 * before: it must not end what was begun since.
 */
export async function endVouchedSessions(
  context: Context,
  { logout, token, requestId }: ProviderLogout,
): Promise<Result<void, Refusal>> {
  return context.store.transact(async (unit) => {
    if (!(await unit.loginSessions.useLogoutToken(token))) {
      const detail = `the logout token ${JSON.stringify(token.id)} has done its work already; send a new one for another logout`;
      return err(refusal('login/logout_used', detail));
    }
    const at = context.clock.now().toISOString();
    const ended = await unit.loginSessions.endVouched(logout, ENGINE.name, at);
    for (const person of [...new Set(ended)].sort()) {
      await record(
        context,
        unit,
        { ...ENGINE, requestId },
        {
          action: 'session.end_by_provider',
          subject: `person/${person}`,
          detail: {
            issuer: logout.issuer,
            subject: logout.subject ?? null,
            ended: ended.filter((name) => name === person).length,
          },
        },
      );
    }
    return ok(undefined);
  });
}
