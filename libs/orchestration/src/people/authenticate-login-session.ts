import type { Authority } from '@apollo-deploy/domain';
import { sha256Hex } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import type { LoginSessionRecord } from '../ports/login-session-repository.js';
import type { PersonRecord } from '../ports/people-repository.js';
import { authorityBySession } from './authorities-now.js';

/** The idle end is put off in steps of this, so that most requests write nothing. */
const STEP_MS = 60_000;

/** Whose session it is, and what they may do now. */
export interface SessionHolder {
  readonly person: PersonRecord;
  readonly session: LoginSessionRecord;
  readonly authority: Authority;
}

/**
 * Who acts by the session with this secret, which it also keeps from idling out. `undefined` if there
 * is none, it is over or was ended, or its person may not act: the caller tells none of these from the
 * others. Roles are read each time, so a change of them counts from the next request on.
 */
export async function authenticateLoginSession(
  context: Context,
  secret: string,
  { idleMs }: { readonly idleMs: number },
): Promise<SessionHolder | undefined> {
  const { session, person } = await context.store.transact(async (unit) => {
    const found = await unit.loginSessions.byHash(sha256Hex(secret));
    const owner = found === undefined ? undefined : await unit.people.get(found.person);
    return { session: found, person: owner };
  });
  const now = context.clock.now();
  const authority = authorityBySession(session, person, now);
  if (session === undefined || person === undefined || authority === undefined) return undefined;
  const idleEnd = Math.min(now.getTime() + idleMs, Date.parse(session.endsAt));
  if (idleEnd - Date.parse(session.idleEndsAt) >= STEP_MS) {
    const idleEndsAt = new Date(idleEnd).toISOString();
    await context.store.transact((unit) => unit.loginSessions.extend(session.id, idleEndsAt));
  }
  return { person, session, authority };
}
