import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { Refused } from '../http/refused.js';

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];
const CSRF_HEADER = 'X-CSRF-Token';

/** What a page of the hub sends along, to show that it could read it: it follows from the session. */
export function csrfTokenOf(secret: string): string {
  return createHash('sha256').update(`apollo-csrf:${secret}`).digest('hex');
}

/**
 * Ends a request that would change something in the name of who is logged in, unless a page of the hub
 * itself sent it: browsers add the cookie to what other sites send, too.
 */
export function refuseForgery(request: Request, secret: string, publicUrl: string): void {
  if (SAFE_METHODS.includes(request.method)) return;
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (origin === undefined && site === undefined) {
    throw forgery('Origin', 'neither Origin nor Sec-Fetch-Site says where this comes from');
  }
  if (origin !== undefined && origin !== publicUrl) {
    throw forgery('Origin', `Origin says that another site sent this; accepted is ${publicUrl}`);
  }
  if (site !== undefined && site !== 'same-origin') {
    throw forgery('Sec-Fetch-Site', 'Sec-Fetch-Site says that another site sent this');
  }
  const given = Buffer.from(request.header(CSRF_HEADER) ?? '');
  const expected = Buffer.from(csrfTokenOf(secret));
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  throw forgery(CSRF_HEADER, `${CSRF_HEADER} is not that of this session`);
}

function forgery(field: string, why: string): Refused {
  return new Refused('http/forgery', {
    detail: `${why}; send csrfToken of GET /api/v1/session as ${CSRF_HEADER} from the hub's own pages, or use a token (Authorization: Bearer) without cookies`,
    field,
  });
}
