import type { IncomingMessage } from 'node:http';

/** Below `/auth`: where an identity provider says that somebody has logged out. */
export const LOGOUT_ROUTE = 'backchannel-logout';
const FORM = /^application\/x-www-form-urlencoded *(;|$)/i;

/** Whether a request brings a form to the one route that reads one. */
export function isLogoutForm({ url, headers }: Pick<IncomingMessage, 'url' | 'headers'>): boolean {
  const path = url?.split('?', 1)[0];
  return path === `/auth/${LOGOUT_ROUTE}` && FORM.test(headers['content-type'] ?? '');
}
