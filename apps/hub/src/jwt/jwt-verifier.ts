import { followsRule, isReservedName, isRole, NAME_RULES, type Role } from '@apollo-deploy/domain';
import type { Clock } from '@apollo-deploy/orchestration';
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import type { JwtConfig } from '../config/jwt-config.js';
import { verifiedEmail } from '../login/verified-email.js';

/** Asymmetric only: with a shared secret, whoever can check could also sign. */
export const ASYMMETRIC_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'EdDSA',
];
/** By how much the issuer's clock may differ from the hub's, in seconds. */
const SKEW_SECONDS = 30;
/** None is accepted that was issued longer ago, whatever it says of its end. */
const AGE_MAX_SECONDS = 12 * 60 * 60;
const FETCH_TIMEOUT_MS = 5_000;
/** Keys are fetched again for an unknown one, but not more often than this. */
const COOLDOWN_MS = 30_000;
/** Keys that are older than this are fetched again before anything is checked by them. */
const KEYS_AGE_MS = 10 * 60_000;
const TEXT_MAX = 8_192;
const TYPES: readonly (string | undefined)[] = [undefined, 'jwt', 'at+jwt', 'application/at+jwt'];

/** Whom a JWT is of. */
export interface JwtHolder {
  readonly name: string;
  /** Those that the issuer says and the configuration maps; absent = no mapping is configured. */
  readonly roles?: readonly Role[];
  /** From here on it is accepted no more. */
  readonly expiresAt: Date;
}

/** The issuer's keys cannot be had now, so nobody can be told from anybody. */
export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable';
  readonly retryable = true;
}

export interface JwtVerifierOptions {
  readonly config: JwtConfig;
  readonly clock: Clock;
  /** 30 s if absent. */
  readonly cooldownMs?: number;
  /** For how long a key that the issuer has withdrawn may still count; 10 minutes if absent. */
  readonly keysAgeMs?: number;
}

/** Checks JWTs of the one configured issuer, by the keys that it publishes. */
export class JwtVerifier {
  private readonly keys: ReturnType<typeof createRemoteJWKSet>;

  constructor(private readonly options: JwtVerifierOptions) {
    const { config, cooldownMs = COOLDOWN_MS, keysAgeMs = KEYS_AGE_MS } = options;
    this.keys = createRemoteJWKSet(new URL(config.keysUrl), {
      cooldownDuration: cooldownMs,
      cacheMaxAge: keysAgeMs,
      timeoutDuration: FETCH_TIMEOUT_MS,
    });
  }

  /**
   * Whom this is of; `undefined` for whatever is not wholly as it has to be, and the caller is not told
   * what. Throws `IssuerUnavailable` if that cannot be found out.
   */
  async verify(text: string): Promise<JwtHolder | undefined> {
    if (text.length > TEXT_MAX) return undefined;
    const { config, clock } = this.options;
    try {
      const { payload, protectedHeader } = await jwtVerify(text, this.keys, {
        ...{ issuer: config.issuer, audience: config.audience, algorithms: ASYMMETRIC_ALGORITHMS },
        ...{ clockTolerance: SKEW_SECONDS, maxTokenAge: AGE_MAX_SECONDS, currentDate: clock.now() },
        requiredClaims: ['exp', 'iat', 'sub', 'aud'],
      });
      const isBearer = TYPES.includes(protectedHeader.typ?.toLowerCase());
      return isBearer ? holderOf(payload, config) : undefined;
    } catch (error) {
      if (isTokenRefusal(error)) return undefined;
      throw new IssuerUnavailable(`the keys of ${config.issuer} cannot be fetched`, {
        cause: error,
      });
    }
  }
}

/** What is wrong with the token itself; everything else is wrong with the way to the keys. */
export function isTokenRefusal(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) return false;
  return error.code !== 'ERR_JOSE_GENERIC' && error.code !== 'ERR_JWKS_INVALID';
}

function holderOf(payload: JWTPayload, config: JwtConfig): JwtHolder | undefined {
  const { nameClaim } = config;
  const name = nameClaim === 'email' ? verifiedEmail(payload) : payload[nameClaim];
  if (typeof name !== 'string' || !followsRule(name, NAME_RULES.person) || isReservedName(name))
    return undefined;
  const expiresAt = endOf(payload);
  if (config.roles === undefined) return { name, expiresAt };
  const given = payload[config.rolesClaim];
  const groups: readonly unknown[] = Array.isArray(given) ? given : [given];
  const mapped = groups.flatMap((group) =>
    typeof group === 'string' ? (config.roles?.get(group) ?? []) : [],
  );
  return { name, roles: [...new Set(mapped)].filter(isRole), expiresAt };
}

/** Both are required claims. */
function endOf({ exp = 0, iat = 0 }: JWTPayload): Date {
  return new Date((Math.min(exp, iat + AGE_MAX_SECONDS) + SKEW_SECONDS) * 1000);
}
