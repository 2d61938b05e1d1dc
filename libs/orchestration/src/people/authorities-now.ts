import { type Authority, authorityOf, narrowed, type Role } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { LoginSessionRecord } from '../ports/login-session-repository.js';
import type { PersonRecord } from '../ports/people-repository.js';
import type { ApiTokenRecord } from '../ports/token-repository.js';

/** By what somebody acts, as far as that can end while they are still being answered. */
export type Credentials =
  | { readonly kind: 'token'; readonly id: string }
  | { readonly kind: 'session'; readonly id: string }
  | {
      readonly kind: 'issuer';
      /** Those that the issuer says besides those that the hub keeps. */
      readonly roles: readonly Role[];
      /** From here on they are worth nothing. RFC 3339. */
      readonly expiresAt: string;
    };

/** Somebody who was let in. */
export interface Standing {
  readonly person: string;
  readonly credentials: Credentials;
}

/**
 * What each of these may do at this instant, in their order; `undefined` for who is not let in any
 * more. As many statements for one as for all.
 */
export async function authoritiesNow(
  { store, clock }: Pick<Context, 'store' | 'clock'>,
  standings: readonly Standing[],
): Promise<readonly (Authority | undefined)[]> {
  const idsOf = (kind: 'token' | 'session'): readonly string[] =>
    standings.flatMap(({ credentials }) => (credentials.kind === kind ? [credentials.id] : []));
  const { people, tokens, sessions } = await store.transact(async (unit) => ({
    people: byKey(await unit.people.getMany(standings.map(({ person }) => person)), 'name'),
    tokens: byKey(await unit.tokens.getMany(idsOf('token')), 'id'),
    sessions: byKey(await unit.loginSessions.getMany(idsOf('session')), 'id'),
  }));
  const now = clock.now();
  return standings.map(({ person: name, credentials }) => {
    const person = people.get(name);
    switch (credentials.kind) {
      case 'token':
        return authorityByToken(tokens.get(credentials.id), person, now);
      case 'session':
        return authorityBySession(sessions.get(credentials.id), person, now);
      case 'issuer':
        return authorityByIssuer(credentials, person, now);
    }
  });
}

/** What a token lets its holder do; `undefined` if it is worth nothing. */
export function authorityByToken(
  token: ApiTokenRecord | undefined,
  person: PersonRecord | undefined,
  now: Date,
): Authority | undefined {
  if (token === undefined || person === undefined || person.disabled) return undefined;
  const isOver = Date.parse(token.expiresAt) <= now.getTime();
  if (isOver || token.revokedAt !== undefined) return undefined;
  return narrowed(authorityOf(person, { machine: person.machine === true }), token.scope);
}

/** What a session lets its person do; `undefined` if it is over. */
export function authorityBySession(
  session: LoginSessionRecord | undefined,
  person: PersonRecord | undefined,
  now: Date,
): Authority | undefined {
  if (session === undefined || person === undefined || person.machine === true) return undefined;
  const { endedAt, idleEndsAt, endsAt } = session;
  const isOver = [idleEndsAt, endsAt].some((end) => Date.parse(end) <= now.getTime());
  if (isOver || endedAt !== undefined || person.disabled) return undefined;
  return authorityOf(person, { machine: false });
}

/**
 * What the word of an issuer lets somebody do, whom the hub need not know: what it says of their roles
 * counts besides what the hub keeps. `undefined` if it is over, or they may not act here.
 */
export function authorityByIssuer(
  { roles, expiresAt }: { readonly roles: readonly Role[]; readonly expiresAt: string },
  person: PersonRecord | undefined,
  now: Date,
): Authority | undefined {
  if (person?.disabled === true || Date.parse(expiresAt) <= now.getTime()) return undefined;
  const held = {
    roles: [...new Set([...(person?.roles ?? []), ...roles])],
    grants: person?.grants ?? [],
  };
  return authorityOf(held, { machine: person?.machine === true });
}

function byKey<K extends string, T extends Readonly<Record<K, string>>>(
  records: readonly T[],
  key: K,
): ReadonlyMap<string, T> {
  return new Map(records.map((record) => [record[key], record]));
}
