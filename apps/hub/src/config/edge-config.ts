import { Type } from 'typebox';
import { readTrustedProxies, type TrustedProxies } from '../limits/client-address.js';
import type { ConfigFault, Given, Settings } from './setting.js';

const ORIGINS_MAX = 32;

/** How many requests are taken a second, on the long run; after a rest, ten seconds' worth at once. */
export interface RateLimits {
  /** From one person, machine or spoke. */
  readonly perPrincipal: number;
  /** From one address, before it is known whom they are from. */
  readonly perAddress: number;
  /** From one address, to log in or to join, and connections of spokes. */
  readonly perDoor: number;
}

/** What stands between the hub and those who use it. */
export interface EdgeConfig {
  readonly limits: RateLimits;
  /** Absent = nobody is trusted to say for whom they ask. */
  readonly trustedProxies?: TrustedProxies;
  /** The origins whose pages may read answers, spelled as browsers do. */
  readonly corsOrigins: readonly string[];
  /** The origin under which browsers reach the hub; absent = nobody said. */
  readonly publicUrl?: string;
}

const REQUESTS_A_SECOND = {
  schema: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  accepted: 'a whole number of requests a second from 1 to 1000000',
  numeric: true,
} as const;

export const EDGE_SETTINGS = {
  APOLLO_RATE_LIMIT_PRINCIPAL: { ...REQUESTS_A_SECOND, initial: '100' },
  APOLLO_RATE_LIMIT_ADDRESS: { ...REQUESTS_A_SECOND, initial: '100' },
  APOLLO_RATE_LIMIT_DOOR: { ...REQUESTS_A_SECOND, initial: '10' },
  APOLLO_TRUSTED_PROXIES: {
    schema: Type.Refine(
      Type.String({ maxLength: 4096 }),
      (text) => readTrustedProxies(text) !== undefined,
    ),
    accepted:
      'how many proxies stand in front of the hub, from 1 to 10, or the networks that they are in, such as 10.1.0.0/16,2001:db8::/32',
  },
  APOLLO_CORS_ORIGINS: {
    schema: Type.Refine(Type.String({ maxLength: 16_384 }), isOriginList),
    accepted:
      'origins as browsers spell them, separated by commas, such as https://ui.example.com or https://ui.example.com:8443; without a path, and never *',
  },
} as const satisfies Settings;
type EdgeVariable = keyof typeof EDGE_SETTINGS;

/** Whether a text lists origins of pages, each exactly as a browser spells it. */
function isOriginList(text: string): boolean {
  const origins = originsIn(text);
  return origins.length <= ORIGINS_MAX && origins.every(isOrigin);
}

function isOrigin(text: string): boolean {
  return (
    /^https?:\/\/[a-z0-9.:[\]-]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text
  );
}

function originsIn(text: string): readonly string[] {
  return text.split(',').map((origin) => origin.trim());
}

/** The settings, of which each by itself is acceptable. */
export function edgeConfigOf(given: Given<EdgeVariable | 'APOLLO_PUBLIC_URL'>): EdgeConfig {
  const perSecond = (what: 'PRINCIPAL' | 'ADDRESS' | 'DOOR'): number =>
    Number(given.get(`APOLLO_RATE_LIMIT_${what}`));
  const trustedProxies = readTrustedProxies(given.get('APOLLO_TRUSTED_PROXIES') ?? '');
  const origins = given.get('APOLLO_CORS_ORIGINS');
  const publicUrl = given.get('APOLLO_PUBLIC_URL');
  return {
    limits: {
      perPrincipal: perSecond('PRINCIPAL'),
      perAddress: perSecond('ADDRESS'),
      perDoor: perSecond('DOOR'),
    },
    corsOrigins: origins === undefined ? [] : originsIn(origins),
    ...(trustedProxies !== undefined && { trustedProxies }),
    ...(publicUrl !== undefined && { publicUrl }),
  };
}

/** Settings that would open this machine to pages of other sites. */
export function edgeFaults(given: Given<EdgeVariable | 'APOLLO_LOGIN'>): readonly ConfigFault[] {
  if (given.get('APOLLO_LOGIN') !== 'local' || !given.has('APOLLO_CORS_ORIGINS')) return [];
  const message =
    'APOLLO_CORS_ORIGINS is set and APOLLO_LOGIN is "local", where pages of those sites could do everything without logging in; take one of them away';
  return [{ variable: 'APOLLO_CORS_ORIGINS', message }];
}
