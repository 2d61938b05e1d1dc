import type { RequestHandler } from 'express';

const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
} as const;

/** The documentation is a page with scripts and styles of its own. */
const DOCS_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** For a year, browsers come here by HTTPS only. */
const HTTPS_ONLY = { 'Strict-Transport-Security': 'max-age=31536000' };

/** Headers of every answer, whoever gives it; `publicUrl` is the origin that browsers see, if known. */
export function securityHeadersOf(publicUrl: string | undefined): Readonly<Record<string, string>> {
  return publicUrl?.startsWith('https:') === true ? { ...HEADERS, ...HTTPS_ONLY } : HEADERS;
}

/** Headers that keep browsers from doing more with an answer than showing it. */
export function securityHeaders(publicUrl: string | undefined): RequestHandler {
  const headers = securityHeadersOf(publicUrl);
  return (request, response, next) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (request.path.startsWith('/api/docs')) {
      response.setHeader('Content-Security-Policy', DOCS_POLICY);
    }
    next();
  };
}
