import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Credentials, Principal } from '@apollo-deploy/orchestration';
import type { RequestHandler } from 'express';
import type { HubConfig } from '../config/hub-config.js';
import type { OidcConfig } from '../config/oidc-config.js';
import { Refused } from '../http/refused.js';
import { LoginCookies } from '../login/login-cookies.js';
import type { EventLog } from '../spokes/event-log.js';
import { AcceptedCredentials, type CountedAs } from './accepted-credentials.js';
import { ClientAddresses } from './client-address.js';
import { shownCredentials } from './shown-credentials.js';
import { TokenBuckets } from './token-buckets.js';

/** Whoever has rested may send so many seconds' worth of requests at once. */
const BURST_SECONDS = 10;
/** What a failure costs besides the request: nobody is in a hurry to be wrong. */
const FAILURE_COST = 9;
/** What one token may take, times this is what all of one owner may together; as for sessions. */
const CREDENTIALS_AT_ONCE = 5;
const LOG_EVERY_MS = 60_000;
/** Whatever starts and stops hubs asks often, and has to hear the truth. */
const NEVER_LIMITED: readonly string[] = ['/health', '/healthz', '/readyz'];

type Limited = 'credentials' | 'principal' | 'address' | 'unknown' | 'door' | 'handshake';
/** What a request was counted by at the gate: its address, or whose its credentials were of late. */
type AtTheGate = 'address' | 'unknown' | CountedAs;

/** Whom a request turned out to be from, by which credentials. */
interface Admitted extends Pick<Principal, 'kind' | 'name'> {
  readonly credentials?: Credentials | undefined;
}

export interface RequestLimitsOptions {
  readonly config: Pick<HubConfig, 'login' | 'limits' | 'trustedProxies'> & {
    /** Absent = there are no sessions. */
    readonly oidc?: Pick<OidcConfig, 'publicUrl'>;
  };
  /** In milliseconds. */
  readonly now: () => number;
  readonly log: Pick<EventLog, 'warn'>;
}

/**
 * How often requests are taken, for each replica by itself: from one address, until it is known whom
 * they are from; by one token, session or spoke, from then on, so that who has stolen one cannot keep
 * its owner from revoking it, and by all tokens or all sessions of one person together, so that making
 * many gives no more.
 * What turns out to be somebody's own is given back to the address, so that people behind one address
 * do not use up each other's. Requests without credentials, with some that are not known here, and with
 * some that were good of late are three things: who floods an address with one kind does not shut out
 * the kinds after it. The last count by their credentials at once, before anything of them is read and
 * whatever becomes of them. Where nobody has to log in everything comes from this machine, and nothing
 * is limited.
 */
export class RequestLimits {
  private readonly buckets: Readonly<Record<Limited, TokenBuckets>> | undefined;
  private readonly addresses: ClientAddresses;
  private readonly accepted: AcceptedCredentials;
  private readonly sessionCookie: string | undefined;
  private readonly taken = new WeakMap<IncomingMessage, AtTheGate>();
  private refusedCount = 0;
  private refusedSince: Partial<Record<Limited, number>> = {};
  private loggedAt = -Infinity;
  private hasSeenProxy = false;

  constructor(private readonly options: RequestLimitsOptions) {
    const { config, now } = options;
    const { perPrincipal, perAddress, perDoor } = config.limits;
    this.addresses = new ClientAddresses(config.trustedProxies);
    this.accepted = new AcceptedCredentials(now);
    this.sessionCookie = config.oidc && new LoginCookies(config.oidc.publicUrl).session;
    if (config.login === 'local') return;
    const bucketsOf = (perSecond: number): TokenBuckets =>
      new TokenBuckets({ perSecond, burst: perSecond * BURST_SECONDS, now });
    this.buckets = {
      credentials: bucketsOf(perPrincipal),
      principal: bucketsOf(perPrincipal * CREDENTIALS_AT_ONCE),
      address: bucketsOf(perAddress),
      unknown: bucketsOf(perAddress),
      door: bucketsOf(perDoor),
      handshake: bucketsOf(perDoor),
    };
  }

  /** How many requests this replica has refused so far. */
  get refused(): number {
    return this.refusedCount;
  }

  /** Refuses a request before anything of it is read. Credentials that are not accepted count more. */
  readonly atTheGate: RequestHandler = (request, response, next) => {
    if (NEVER_LIMITED.includes(request.path)) {
      next();
      return;
    }
    this.noticeProxy(request);
    const key = this.addresses.keyOf(request);
    const shown = shownCredentials(request, this.sessionCookie);
    const limited = shown === undefined ? 'address' : 'unknown';
    const known = shown === undefined ? undefined : this.accepted.get(shown);
    const refused = known === undefined ? this.refusalOf(limited, key) : this.refusalBy(known);
    if (refused === undefined) {
      this.taken.set(request, known ?? limited);
      response.once('close', () => {
        if (response.statusCode !== 401) return;
        if (shown !== undefined) this.accepted.forget(shown);
        this.buckets?.[limited].drain(key, FAILURE_COST);
      });
    }
    next(refused);
  };

  /** Refuses a stranger at a `Door`; what the door then refuses counts more. */
  atDoor(request: IncomingMessage, response: ServerResponse): void {
    const key = this.addresses.keyOf(request);
    const refused = this.refusalOf('door', key);
    if (refused !== undefined) throw refused;
    response.once('close', () => {
      const { statusCode } = response;
      if (statusCode >= 400 && statusCode < 500) this.buckets?.door.drain(key, FAILURE_COST);
    });
  }

  /** Refuses credentials by which too much is asked; good as they are, their address gets its own back. */
  admit(request: IncomingMessage, who: Admitted): void {
    const taken = this.taken.get(request);
    this.taken.delete(request);
    if (typeof taken === 'string') this.buckets?.[taken].giveBack(this.addresses.keyOf(request));
    const counted = countedAs(who);
    const shown = shownCredentials(request, this.sessionCookie);
    // What a spoke shows is good once.
    if (shown !== undefined && who.kind !== 'spoke') this.accepted.add(shown, counted);
    if (typeof taken === 'object' && taken.credentials === counted.credentials) return;
    const refused = this.refusalBy(counted);
    if (refused !== undefined) throw refused;
  }

  /** Lets an upgrade be looked at: 0, or the seconds after which another may be. */
  handshake(request: IncomingMessage): number {
    this.noticeProxy(request);
    return this.secondsUntil('handshake', this.addresses.keyOf(request));
  }

  /** An upgrade that was not refused for what it showed costs its address nothing. */
  handshakeWasGood(request: IncomingMessage): void {
    this.buckets?.handshake.giveBack(this.addresses.keyOf(request));
  }

  /** Lets a spoke have another session: 0, or the seconds after which it may. */
  reconnect(spoke: string): number {
    return this.secondsUntil('credentials', countedAs({ kind: 'spoke', name: spoke }).credentials);
  }

  private refusalBy({ credentials, principal }: CountedAs): Refused | undefined {
    return this.refusalOf('credentials', credentials) ?? this.refusalOf('principal', principal);
  }

  private refusalOf(limited: Limited, key: string): Refused | undefined {
    const retryAfterSeconds = this.secondsUntil(limited, key);
    if (retryAfterSeconds === 0) return undefined;
    return new Refused('http/too_many_requests', {
      detail: `${WHO[limited]} sent more requests than this hub takes; wait for as long as Retry-After says, and send fewer at once`,
      retryAfterSeconds,
    });
  }

  private secondsUntil(limited: Limited, key: string): number {
    const waitMs = this.buckets?.[limited].take(key) ?? 0;
    if (waitMs === 0) return 0;
    this.count(limited);
    return Math.ceil(waitMs / 1000);
  }

  private count(limited: Limited): void {
    this.refusedCount += 1;
    this.refusedSince[limited] = (this.refusedSince[limited] ?? 0) + 1;
    const now = this.options.now();
    if (now - this.loggedAt < LOG_EVERY_MS) return;
    this.loggedAt = now;
    this.options.log.warn({ msg: 'requests are refused by rate limits', ...this.refusedSince });
    this.refusedSince = {};
  }

  private noticeProxy({ headers }: IncomingMessage): void {
    if (this.hasSeenProxy || headers['x-forwarded-for'] === undefined) return;
    this.hasSeenProxy = true;
    const { login, trustedProxies } = this.options.config;
    if (login === 'local' || trustedProxies !== undefined) return;
    this.options.log.warn({
      msg: 'a request came with X-Forwarded-For, which nobody is trusted to say: if proxies stand in front of this hub, name them in APOLLO_TRUSTED_PROXIES, or all who come through them count as one address',
    });
  }
}

/** All JWTs of one person count as one; sessions apart from tokens, which a stolen one may have made. */
function countedAs({ kind, name, credentials }: Admitted): CountedAs {
  const owner = `${kind}/${name}`;
  if (credentials === undefined) return { credentials: owner, principal: owner };
  const principal = `${owner}/${credentials.kind}`;
  const id = credentials.kind === 'issuer' ? '' : credentials.id;
  return { credentials: `${principal}/${id}`, principal };
}

const WHO: Readonly<Record<Limited, string>> = {
  credentials: 'whoever has these credentials',
  principal: 'whoever has these and other credentials of the same person and kind',
  address: 'whoever is at this address',
  unknown: 'whoever is at this address, with credentials that are not known to be good,',
  door: 'whoever is at this address and logs in or joins',
  handshake: 'whoever is at this address and connects spokes',
};
