import { Type } from 'typebox';
import { Check } from 'typebox/value';
import type { LoginAttempt } from './identity-provider.js';
import { localPath } from './return-to.js';

const LONGEST = 4096;
const SECRET = Type.String({ pattern: '^[A-Za-z0-9_-]{20,128}$' });
const KEPT = Type.Object({
  state: SECRET,
  nonce: SECRET,
  verifier: SECRET,
  returnTo: Type.String({ minLength: 1 }),
});

/** A login under way, with where to go afterwards. */
export interface KeptAttempt extends LoginAttempt {
  readonly returnTo: string;
}

/** As the value of a cookie. */
export function cookieOfAttempt(attempt: KeptAttempt): string {
  return Buffer.from(JSON.stringify(attempt)).toString('base64url');
}

/** What a cookie holds; `undefined` if that is no attempt, or one that leads elsewhere. */
export function attemptOfCookie(text: string): KeptAttempt | undefined {
  if (text.length > LONGEST) return undefined;
  const parsed = parse(Buffer.from(text, 'base64url').toString('utf8'));
  if (!Check(KEPT, parsed)) return undefined;
  const returnTo = localPath(parsed.returnTo);
  return returnTo === undefined ? undefined : { ...parsed, returnTo };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
