import type { IncomingMessage } from 'node:http';
import { bearerOf } from '../http/bearer.js';
import { cookieOf } from '../login/login-cookies.js';

/**
 * What a request shows to be let in by, whatever it is worth, and nothing of what comes with it: the
 * same however its headers are spelled. No cookie counts beside an Authorization header, and none but
 * that of a session ever.
 */
export function shownCredentials(
  { headers }: Pick<IncomingMessage, 'headers'>,
  sessionCookie: string | undefined,
): string | undefined {
  const { authorization, cookie } = headers;
  if (authorization !== undefined) return `bearer ${bearerOf(authorization) ?? ''}`;
  const session = sessionCookie === undefined ? undefined : cookieOf(cookie, sessionCookie);
  return session === undefined ? undefined : `session ${session}`;
}
