import type { LogoutTokenUse, VouchedLogout } from '@apollo-deploy/orchestration';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import type { OidcConfig } from '../config/oidc-config.js';
import { ASYMMETRIC_ALGORITHMS, isTokenRefusal } from '../jwt/jwt-verifier.js';
import { ProviderUnavailable } from './identity-provider.js';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** None is accepted that was issued longer ago, whatever it says of its end. */
const AGE_MAX_SECONDS = 600;
/** By how much the provider's clock may differ from the hub's. */
const SKEW_SECONDS = 30;
const TEXT_MAX = 8_192;
const NAME_MAX = 255;
const FETCH_TIMEOUT_MS = 5_000;
const TYPES: readonly unknown[] = [undefined, 'jwt', 'logout+jwt', 'application/logout+jwt'];

/** What came is no message of the provider that somebody has logged out of this hub. */
export class LogoutRefused extends Error {
  override readonly name = 'LogoutRefused';
  readonly retryable = false;
}

export interface LogoutReading {
  readonly config: Pick<OidcConfig, 'issuer' | 'clientId'>;
  /** Where the provider publishes its keys. */
  readonly keysUrl: () => Promise<URL>;
  readonly now: Date;
}

/** Who has logged out, and the message that says so. */
export interface LogoutMessage {
  readonly logout: VouchedLogout;
  readonly token: LogoutTokenUse;
}

type Claims = Readonly<Record<string, unknown>>;

/**
 * Reads a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.6). Whatever is not meant for
 * this hub is refused before anything is fetched. Throws `LogoutRefused` and `ProviderUnavailable`.
 */
export async function readLogoutToken(
  text: string,
  { config, keysUrl, now }: LogoutReading,
): Promise<LogoutMessage> {
  if (text.length > TEXT_MAX) throw new LogoutRefused('it is longer than 8 KiB');
  const { header, payload } = decoded(text);
  if (!TYPES.includes(typeof header.typ === 'string' ? header.typ.toLowerCase() : header.typ)) {
    throw new LogoutRefused('its type (typ) is not logout+jwt');
  }
  whoIn(payload, config);
  const keys = createRemoteJWKSet(await keysUrl(), { timeoutDuration: FETCH_TIMEOUT_MS });
  const verified = await jwtVerify(text, keys, {
    ...{ issuer: config.issuer, audience: config.clientId, algorithms: ASYMMETRIC_ALGORITHMS },
    ...{ clockTolerance: SKEW_SECONDS, maxTokenAge: AGE_MAX_SECONDS, currentDate: now },
    requiredClaims: ['exp', 'iat', 'jti'],
  }).catch((error: unknown) => {
    if (isTokenRefusal(error)) throw new LogoutRefused(messageOf(error), { cause: error });
    throw new ProviderUnavailable(`the keys of ${config.issuer} cannot be had`, { cause: error });
  });
  const { logout, id } = whoIn(verified.payload, config);
  const until = now.getTime() + (AGE_MAX_SECONDS + 2 * SKEW_SECONDS) * 1000;
  const keptUntil = new Date(until).toISOString();
  return { logout, token: { issuer: config.issuer, id, keptUntil } };
}

function decoded(text: string): { readonly header: Claims; readonly payload: Claims } {
  try {
    return { header: decodeProtectedHeader(text), payload: decodeJwt(text) };
  } catch (error) {
    throw new LogoutRefused('it is no JWT', { cause: error });
  }
}

/** All that the claims have to say but for when. */
function whoIn(
  { iss, aud, events, nonce, jti, sub, sid }: Claims,
  { issuer, clientId }: LogoutReading['config'],
): { readonly logout: VouchedLogout; readonly id: string } {
  const audience = [aud].flat();
  if (iss !== issuer) throw new LogoutRefused('it is of another issuer (iss)');
  if (audience.length !== 1 || audience[0] !== clientId) {
    throw new LogoutRefused('it is not for this hub alone (aud)');
  }
  if (!isObject(events) || !isObject(events[EVENT])) {
    throw new LogoutRefused('it does not say that somebody has logged out (events)');
  }
  if (nonce !== undefined) throw new LogoutRefused('it is the answer to a login (nonce)');
  if (!isName(jti)) throw new LogoutRefused('it has no name of its own (jti)');
  const named = [sub, sid].filter((name) => name !== undefined);
  if (named.length === 0 || !named.every(isName)) {
    throw new LogoutRefused('it does not say who has logged out (sub or sid)');
  }
  const logout: VouchedLogout = {
    issuer,
    ...(isName(sub) && { subject: sub }),
    ...(isName(sid) && { sid }),
  };
  return { logout, id: jti };
}

function isObject(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= NAME_MAX && isText(value);
}

/** What PostgreSQL has room for. */
function isText(value: string): boolean {
  return !value.includes('\0') && value.isWellFormed();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
