import type { Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import { personNotFound } from './issue-token.js';

/** Logs a person out of one browser. Nothing happens if that session was ended already. */
export async function endLoginSession(
  context: Context,
  principal: Principal,
  session: string,
): Promise<void> {
  await context.store.transact(async (unit) => {
    const at = context.clock.now().toISOString();
    if (!(await unit.loginSessions.end(session, principal.name, at))) return;
    await record(context, unit, principal, {
      action: 'session.end',
      subject: `person/${principal.name}`,
      detail: { session },
    });
  });
}

/** Logs a person out everywhere, from the next request on, at every replica; tokens go on working. */
export async function endLoginSessions(
  context: Context,
  principal: Principal,
  person: string,
): Promise<Result<void, Refusal>> {
  return context.store.transact(async (unit) => {
    if ((await unit.people.get(person)) === undefined) return err(personNotFound(person));
    const at = context.clock.now().toISOString();
    const ended = await unit.loginSessions.endAll(person, principal.name, at);
    await record(context, unit, principal, {
      action: 'session.end_all',
      subject: `person/${person}`,
      detail: { ended },
    });
    return ok(undefined);
  });
}
