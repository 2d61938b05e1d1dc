import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientError,
  type ClientMetadata,
  ClientSecretPost,
  type Configuration,
  discovery,
  enableNonRepudiationChecks,
  type IDToken,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  ResponseBodyError,
} from 'openid-client';
import { rolesOfGroups, type OidcConfig } from '../config/oidc-config.js';
import type { HeldRoles } from '@apollo-deploy/domain';
import { verifiedEmail } from './verified-email.js';

const TIMEOUT_SECONDS = 10;

/** What the browser keeps between leaving for the provider and coming back. */
export interface LoginAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Who has logged in, as the ID token says. */
export interface VouchedPerson {
  readonly person: string;
  readonly subject: string;
  /** What the provider calls this login; absent = nothing. */
  readonly sid?: string;
  /** Absent where roles are said here. */
  readonly roles?: HeldRoles;
}

/** The identity provider did not answer, or not sensibly; another attempt may succeed. */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable';
  readonly retryable = true;
}

/** The identity provider, or the browser, said something that nobody is let in for. */
class LoginFailed extends Error {
  override readonly name = 'LoginFailed';
  readonly retryable = false;
}

/**
 * Logs people in by OpenID Connect: authorization code with PKCE, state and nonce. Its keys are read
 * anew at each login, so that a new key counts, and a removed one stops to, at once.
 */
export class IdentityProvider {
  constructor(private readonly config: OidcConfig) {}

  get callbackUrl(): string {
    return `${this.config.publicUrl}/auth/callback`;
  }

  /** Where to send the browser, and what it has to bring back. Throws `ProviderUnavailable`. */
  async begin(): Promise<{ readonly url: URL; readonly attempt: LoginAttempt }> {
    const provider = await this.discover();
    const attempt = {
      state: randomState(),
      nonce: randomNonce(),
      verifier: randomPKCECodeVerifier(),
    };
    const url = buildAuthorizationUrl(provider, {
      redirect_uri: this.callbackUrl,
      scope: scopeOf(this.config),
      code_challenge: await calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
      state: attempt.state,
      nonce: attempt.nonce,
    });
    return { url, attempt };
  }

  /**
   * Who came back with this query. Throws `LoginFailed` if the provider does not vouch for them in every
   * respect, and `ProviderUnavailable`.
   */
  async finish(query: string, attempt: LoginAttempt): Promise<VouchedPerson> {
    const provider = await this.discover();
    const tokens = await authorizationCodeGrant(provider, new URL(`${this.callbackUrl}${query}`), {
      pkceCodeVerifier: attempt.verifier,
      expectedState: attempt.state,
      expectedNonce: attempt.nonce,
      idTokenExpected: true,
    }).catch((error: unknown) => {
      throw failureOf(error);
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new LoginFailed('the provider sent no ID token');
    return this.personOf(claims);
  }

  /** Where the provider publishes its keys. Throws `ProviderUnavailable`. */
  async keysUrl(): Promise<URL> {
    const { jwks_uri: text = '' } = (await this.discover()).serverMetadata();
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isSafe = url?.protocol === 'https:' || this.config.issuer.startsWith('http:');
    if (url !== undefined && isSafe) return url;
    throw new ProviderUnavailable(`${this.config.issuer} publishes no keys over https`);
  }

  private personOf(claims: IDToken): VouchedPerson {
    const { clientId, nameClaim, rolesClaim, roles } = this.config;
    const audience = [claims.aud].flat();
    if (audience.length !== 1 || (claims.azp ?? clientId) !== clientId) {
      throw new LoginFailed('the ID token is not for this hub alone');
    }
    const person = nameClaim === 'sub' ? claims.sub : emailOf(claims);
    const sid: unknown = claims['sid'];
    const named = { person, subject: claims.sub, ...(typeof sid === 'string' && { sid }) };
    if (roles === undefined) return named;
    const told: unknown = claims[rolesClaim];
    const groups = Array.isArray(told) ? told.filter((group) => typeof group === 'string') : [];
    return { ...named, roles: rolesOfGroups(roles, groups) };
  }

  private async discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.config;
    const extensions = [enableNonRepudiationChecks];
    if (issuer.startsWith('http:')) extensions.push(allowInsecureRequests);
    const metadata: Partial<ClientMetadata> =
      clientSecret === undefined ? {} : { client_secret: clientSecret };
    const authentication = clientSecret === undefined ? None() : ClientSecretPost(clientSecret);
    return discovery(new URL(issuer), clientId, metadata, authentication, {
      execute: extensions,
      timeout: TIMEOUT_SECONDS,
    }).catch((error: unknown) => {
      throw new ProviderUnavailable(`${issuer} does not say how to log in`, { cause: error });
    });
  }
}

function scopeOf({ nameClaim, scopes }: OidcConfig): string {
  const needed = nameClaim === 'email' ? ['openid', 'email'] : ['openid'];
  return [...new Set([...needed, ...scopes])].join(' ');
}

function emailOf(claims: IDToken): string {
  const email = verifiedEmail(claims);
  if (email !== undefined) return email;
  throw new LoginFailed('the ID token holds no e-mail address that the provider has verified');
}

function failureOf(error: unknown): Error {
  const code = error instanceof ClientError ? ` (${error.code ?? 'no code'})` : '';
  const text = `${error instanceof Error ? error.message : String(error)}${code}`;
  return isOutage(error)
    ? new ProviderUnavailable(`the identity provider does not answer: ${text}`, { cause: error })
    : new LoginFailed(text, { cause: error });
}

function isOutage(error: unknown): boolean {
  if (error instanceof ResponseBodyError) return error.status >= 500;
  if (error instanceof Response) return error.status >= 500;
  if (!(error instanceof Error)) return false;
  if (error.name === 'TimeoutError' || error.message === 'fetch failed') return true;
  return isOutage(error.cause);
}
