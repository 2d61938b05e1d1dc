import type { RequestHandler } from 'express';

const EXPOSED =
  'ETag, Idempotency-Replayed, Location, Preference-Applied, Retry-After, X-Request-Id';
const MAX_AGE_SECONDS = '600';

/**
 * Lets pages of these origins read answers and send requests with tokens; pages of no other. Cookies
 * stay with the hub's own pages: credentials of the browser are never allowed across origins.
 */
export function crossOrigin(
  origins: readonly string[],
  methods: readonly string[],
): RequestHandler {
  return (request, response, next) => {
    response.setHeader('Vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !origins.includes(origin)) {
      next();
      return;
    }
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Expose-Headers', EXPOSED);
    if (
      request.method !== 'OPTIONS' ||
      request.headers['access-control-request-method'] === undefined
    ) {
      next();
      return;
    }
    response
      .status(204)
      .set({
        'Access-Control-Allow-Methods': methods.join(', '),
        'Access-Control-Allow-Headers':
          'Authorization, Content-Type, Idempotency-Key, If-Match, Last-Event-ID, Prefer, X-Request-Id',
        'Access-Control-Max-Age': MAX_AGE_SECONDS,
      })
      .end();
  };
}
