import {
  authenticateLoginSession,
  type Context,
  type SessionHolder,
} from '@apollo-deploy/orchestration';
import type { Request } from 'express';
import type { HubConfig } from '../config/hub-config.js';
import { refuseForgery } from './csrf.js';
import { cookieOf, LoginCookies } from './login-cookies.js';

const SECRET = /^[0-9a-f]{64}$/;

/** Whose session a request belongs to, with the secret that its cookie holds. */
export interface PresentSession extends SessionHolder {
  readonly secret: string;
}

/** Sessions of people who log in with an identity provider; without one there are none. */
export class IdentifySession {
  constructor(
    private readonly context: Context,
    private readonly config: Pick<HubConfig, 'oidc' | 'session'>,
  ) {}

  /** Whether a request holds the cookie of a session, be it over or not. */
  isShown({ headers }: Request): boolean {
    const { oidc } = this.config;
    if (oidc === undefined) return false;
    return cookieOf(headers.cookie, new LoginCookies(oidc.publicUrl).session) !== undefined;
  }

  /**
   * `undefined` if the cookie is that of no session which goes on. Throws `Refused` for a request that
   * changes something and that no page of the hub sent.
   */
  async identify(request: Request): Promise<PresentSession | undefined> {
    const { oidc, session } = this.config;
    if (oidc === undefined) return undefined;
    const { session: name } = new LoginCookies(oidc.publicUrl);
    const secret = cookieOf(request.headers.cookie, name) ?? '';
    if (!SECRET.test(secret)) return undefined;
    const holder = await authenticateLoginSession(this.context, secret, session);
    if (holder === undefined) return undefined;
    refuseForgery(request, secret, oidc.publicUrl);
    return { ...holder, secret };
  }
}
