import { isIPv4 } from 'node:net';
import type { NextFunction, Request, Response } from 'express';
import { Refused } from './refused.js';

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];
/** What a browser says of a request that the site itself, or the person, began. */
const OWN_SITES: readonly string[] = ['same-origin', 'none'];

/**
 * Keeps other sites' pages from using this hub through a visitor's browser while nobody has to log
 * in: the request must name this machine, and one that changes something must not come from another
 * site.
 */
export function localOnly(request: Request, _response: Response, next: NextFunction): void {
  next(foreignHost(request) ?? foreignOrigin(request));
}

function foreignHost({ headers: { host } }: Request): Refused | undefined {
  if (host !== undefined && isLoopbackAuthority(host)) return undefined;
  return new Refused('http/foreign_host', {
    detail:
      'the Host header does not name this machine; accepted are 127.0.0.1, [::1] and localhost',
    field: 'Host',
  });
}

function foreignOrigin({ method, headers }: Request): Refused | undefined {
  if (SAFE_METHODS.includes(method)) return undefined;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && (typeof site !== 'string' || !OWN_SITES.includes(site))) {
    return originRefused('Sec-Fetch-Site');
  }
  const { origin, host } = headers;
  return origin === undefined || origin === `http://${host ?? ''}`
    ? undefined
    : originRefused('Origin');
}

function originRefused(field: string): Refused {
  return new Refused('http/foreign_origin', {
    detail: `${field} says that another site sent this; send it from the hub's own pages or without a browser`,
    field,
  });
}

/** Whether a Host header names this machine by loopback, with any port. */
export function isLoopbackAuthority(authority: string): boolean {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d{1,5})?$/.exec(authority) ?? [];
  if (bracketed !== undefined) return bracketed === '::1';
  const name = plain?.toLowerCase() ?? '';
  return name === 'localhost' || (isIPv4(name) && name.startsWith('127.'));
}
