import { isIPv4 } from 'node:net';
import type { NextFunction, Request, Response } from 'express';
import { Refused } from './refused.js';

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];
/** What a browser says of a request that the site itself, or the person, began. */
const OWN_SITES: readonly string[] = ['same-origin', 'none'];

/**
 * Where nobody has to log in: keeps other machines from using this hub, whatever leads them here, and
 * other sites' pages from using it through a visitor's browser. The request must come from this machine
 * and name it, and one that changes something must not come from another site.
 */
export function localOnly(request: Request, _response: Response, next: NextFunction): void {
  next(foreignPeer(request) ?? foreignHost(request) ?? foreignOrigin(request));
}

function foreignPeer({ socket: { remoteAddress } }: Request): Refused | undefined {
  if (remoteAddress !== undefined && isLoopbackAddress(remoteAddress)) return undefined;
  return new Refused('http/foreign_host', {
    detail:
      'this hub serves the machine that it runs on only; to serve others, start it with APOLLO_LOGIN=required',
  });
}

/** Whether a connection with this other end stays on this machine. */
export function isLoopbackAddress(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
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
