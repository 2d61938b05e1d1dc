import { type Authority, LOCAL_PERMISSIONS } from '@apollo-deploy/domain';
import {
  authenticateToken,
  authorityByIssuer,
  type Context,
  type Credentials,
  type PersonRecord,
  type Principal,
} from '@apollo-deploy/orchestration';
import type { HubConfig } from '../config/hub-config.js';
import { IssuerUnavailable, type JwtVerifier } from '../jwt/jwt-verifier.js';
import type { TokenUses } from '../people/token-uses.js';
import type { IdentifySession } from '../login/identify-session.js';
import { bearerOf } from './bearer.js';
import type { HubRequest } from './hub-request.js';
import { Refused } from './refused.js';

/** Who acts where nobody has to log in. */
const LOCAL_PERSON = 'dev-operator';
const LOCAL_AUTHORITY: Authority = { everywhere: LOCAL_PERMISSIONS, inEnvironments: new Map() };

/** Whom a request is from, and what the credentials let them do. */
export interface Identity {
  readonly principal: Principal;
  readonly authority: Authority;
  /** Absent: none were needed, so none can end. */
  readonly credentials?: Credentials;
}

/** Which credentials are accepted by people and machines, and what comes of none. */
export class IdentifyPerson {
  constructor(
    private readonly context: Context,
    private readonly login: HubConfig['login'],
    private readonly uses: Pick<TokenUses, 'note'>,
    /** Absent = no JWTs are accepted. */
    private readonly jwts?: Pick<JwtVerifier, 'verify'>,
    /** Absent = nobody logs in with a browser. */
    private readonly sessions?: Pick<IdentifySession, 'isShown' | 'identify'>,
  ) {}

  /** Credentials that are not accepted are refused, never ignored; the refusal does not say why. */
  async identify(request: HubRequest): Promise<Identity> {
    const { headers, requestId } = request;
    const { authorization } = headers;
    if (authorization === undefined) {
      if (this.sessions?.isShown(request) === true) return this.bySession(request);
      if (this.login === 'required') throw unauthenticated('log in, or send a token');
      const principal = { kind: 'person', name: LOCAL_PERSON, roles: [], requestId } as const;
      return { principal, authority: LOCAL_AUTHORITY };
    }
    const text = bearerOf(authorization) ?? '';
    const identity = (await this.byToken(text)) ?? (await this.byJwt(text));
    if (identity === undefined) {
      throw unauthenticated('the credentials are not accepted here, or no longer; get new ones');
    }
    return { ...identity, principal: { ...identity.principal, requestId } };
  }

  private async byToken(text: string): Promise<Identity | undefined> {
    const holder = await authenticateToken(this.context, text);
    if (holder === undefined) return undefined;
    const { person, token, authority } = holder;
    this.uses.note(token.id);
    const { name, roles } = person;
    const principal = { kind: kindOf(person), name, roles, token: token.id };
    return { principal, authority, credentials: { kind: 'token', id: token.id } };
  }

  private async bySession(request: HubRequest): Promise<Identity> {
    const holder = await this.sessions?.identify(request);
    if (holder === undefined) throw unauthenticated('the login is over; log in at /auth/login');
    const { name, roles } = holder.person;
    const principal = { kind: 'person', name, roles, requestId: request.requestId } as const;
    const credentials = { kind: 'session', id: holder.session.id } as const;
    return { principal, authority: holder.authority, credentials };
  }

  /**
   * The roles that the issuer names count besides those that the hub keeps, for this request only:
   * which of two tokens is right about them, the hub could not tell.
   */
  private async byJwt(text: string): Promise<Identity | undefined> {
    const holder = await this.jwts?.verify(text).catch(unavailable);
    if (holder === undefined) return undefined;
    const { name, roles: named = [], expiresAt } = holder;
    const person = await this.context.store.transact((unit) => unit.people.get(name));
    const word = { roles: named, expiresAt: expiresAt.toISOString() };
    const authority = authorityByIssuer(word, person, this.context.clock.now());
    if (authority === undefined) return undefined;
    const roles = [...new Set([...(person?.roles ?? []), ...named])];
    const principal = { kind: kindOf(person), name, roles };
    return { principal, authority, credentials: { kind: 'issuer', ...word } };
  }
}

function kindOf(person: PersonRecord | undefined): 'person' | 'machine' {
  return person?.machine === true ? 'machine' : 'person';
}

function unavailable(error: unknown): never {
  if (!(error instanceof IssuerUnavailable)) throw error;
  throw new Refused('http/unavailable', {
    detail: `${error.message}, so nobody can be told from anybody; try again, or use a token of this hub`,
    retryAfterSeconds: 5,
  });
}

function unauthenticated(detail: string): Refused {
  return new Refused('http/unauthenticated', {
    detail: `${detail}; accepted is the header Authorization: Bearer with a token of POST /api/v1/tokens, or a JWT of an issuer that this hub trusts`,
    field: 'Authorization',
  });
}
