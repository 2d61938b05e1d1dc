import { type Authority, isTokenText } from '@apollo-deploy/domain';
import { sha256Hex } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import type { PersonRecord } from '../ports/people-repository.js';
import type { ApiTokenRecord } from '../ports/token-repository.js';
import { authorityByToken } from './authorities-now.js';

/** Whose token it is, and what it lets its holder do now. */
export interface TokenHolder {
  readonly person: PersonRecord;
  readonly token: ApiTokenRecord;
  readonly authority: Authority;
}

/**
 * Who holds this token. `undefined` if nobody does, it has expired or is revoked, or its owner may not
 * act: the caller tells none of these from the others. Tokens are told apart by their SHA-256 alone, so
 * how long that takes says nothing of what a token nearly is.
 */
export async function authenticateToken(
  context: Context,
  text: string,
): Promise<TokenHolder | undefined> {
  if (!isTokenText(text)) return undefined;
  const hash = sha256Hex(text);
  const found = await context.store.transact(async (unit) => {
    const token = await unit.tokens.byHash(hash);
    const person = token === undefined ? undefined : await unit.people.get(token.owner);
    return { token, person };
  });
  const { token, person } = found;
  const authority = authorityByToken(token, person, context.clock.now());
  if (token === undefined || person === undefined || authority === undefined) return undefined;
  return { person, token, authority };
}
