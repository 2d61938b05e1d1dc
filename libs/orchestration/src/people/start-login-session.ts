import { type HeldRoles, refusal, type Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result, sha256Hex } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { LoginSessionRecord } from '../ports/login-session-repository.js';
import type { PersonRecord } from '../ports/people-repository.js';
import { ENGINE } from '../ports/principal.js';
import { setRoles } from './set-roles.js';

/** Somebody whom the identity provider has vouched for just now. */
export interface NewLogin {
  /** The name in `people`. */
  readonly person: string;
  /** What the provider says they are; absent = what people say here is left as it is. */
  readonly roles?: HeldRoles;
  /** Who vouched, and under which name there: by it they can log out there. */
  readonly vouched: {
    readonly issuer: string;
    readonly subject: string;
    /** What it calls this login; absent = nothing. */
    readonly sid?: string;
  };
  /** The secret of the session, made by the caller; kept only as SHA-256. */
  readonly secret: string;
  readonly idleMs: number;
  readonly longestMs: number;
  readonly requestId: string;
}

/**
 * Begins a session of a person who has logged in. Who was not known is known then, with the roles that
 * the provider says or with none. Refused for who is disabled or a machine, and for a name that no
 * person can have.
 */
export async function startLoginSession(
  context: Context,
  login: NewLogin,
): Promise<Result<LoginSessionRecord, Refusal>> {
  const known = await context.store.transact((unit) => unit.people.get(login.person));
  if (known?.disabled === true || known?.machine === true) return err(notLetIn(login.person));
  const updated = await updateRoles(context, login, known);
  if (!updated.ok) return updated;
  const now = context.clock.now().getTime();
  const after = (ms: number): string => new Date(now + ms).toISOString();
  const { person, vouched, idleMs, longestMs, requestId } = login;
  const { issuer, subject } = vouched;
  const session: LoginSessionRecord = {
    id: context.ids.next(),
    person,
    hash: sha256Hex(login.secret),
    startedAt: after(0),
    idleEndsAt: after(idleMs),
    endsAt: after(longestMs),
    ...vouched,
  };
  await context.store.transact(async (unit) => {
    await unit.loginSessions.insert(session);
    const principal = { kind: 'person', name: person, roles: [], requestId } as const;
    await record(context, unit, principal, {
      action: 'session.start',
      subject: `person/${person}`,
      detail: { session: session.id, issuer, subject, endsAt: session.endsAt },
    });
  });
  return ok(session);
}

/** Roles in environments that there are not count for nothing, and are left out until there are. */
async function updateRoles(
  context: Context,
  { person, roles: told, vouched: { issuer, subject }, requestId }: NewLogin,
  known: PersonRecord | undefined,
): Promise<Result<void, Refusal>> {
  if (told === undefined && known !== undefined) return ok(undefined);
  const { roles, grants } = told ?? { roles: [], grants: [] };
  const names = grants.map(({ environment }) => environment);
  const found = await context.store.transact((unit) => unit.environments.getMany(names));
  const there = new Set(found.map(({ name }) => name));
  const held = { roles, grants: grants.filter(({ environment }) => there.has(environment)) };
  if (known !== undefined && textOf(known) === textOf(held)) return ok(undefined);
  const set = await setRoles(
    context,
    { ...ENGINE, requestId },
    {
      ...{ name: person, ...held, disabled: false, expectedVersion: known?.version ?? 0 },
      vouched: { issuer, subject },
    },
  );
  return set.ok ? ok(undefined) : set;
}

/** The same for the same roles, in whatever order they are named. */
function textOf({ roles, grants }: HeldRoles): string {
  const granted = grants.map((grant) => [grant.environment, [...grant.roles].sort()]);
  return JSON.stringify([[...roles].sort(), granted.map((one) => JSON.stringify(one)).sort()]);
}

function notLetIn(person: string): Refusal {
  return refusal(
    'login/refused',
    `${person} may not log in here; ask somebody who says who may do what (GET /api/v1/people)`,
  );
}
