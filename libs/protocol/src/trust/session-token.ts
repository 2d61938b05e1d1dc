import { canonicalJson, err, ok, parseJson, type Result } from '@apollo-deploy/kernel';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { isSignedBy, type SpokeKey } from './spoke-key.js';

/** How long a session token is good for, in seconds. */
export const SESSION_TOKEN_SECONDS = 60;

const LONGEST_TOKEN = 1024;
/** There is one header, to the byte: nothing in it can be chosen. */
const HEADER = base64Url('{"alg":"EdDSA","typ":"apollo-session+jwt"}');

const Seconds = Type.Integer({ minimum: 0, maximum: 253_402_300_799 });
const Claims = Type.Object(
  {
    aud: Type.String({ minLength: 1, maxLength: 64 }),
    exp: Seconds,
    iat: Seconds,
    jti: Type.String({ pattern: '^[A-Za-z0-9_-]{16,64}$' }),
    sub: Type.String({ pattern: '^[a-z0-9-]{1,63}$' }),
  },
  { additionalProperties: false },
);
const claimsCheck = Compile(Claims);

/** What a spoke says of itself in a session token. Worth nothing before the signature is checked. */
export interface SessionToken {
  readonly spoke: string;
  /** The id of the hub it is meant for. */
  readonly hub: string;
  /** Used once. */
  readonly id: string;
  /** When it was signed and until when it is good, by the clock of the spoke. */
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** Whether the holder of this public key has signed it. */
  isSignedBy(publicKey: string): boolean;
}

export interface SessionTokenSubject {
  readonly spoke: string;
  readonly hub: string;
  /** 16 to 64 of A-Z, a-z, 0-9, - and _; never used before. */
  readonly id: string;
  readonly now: Date;
}

/** A JSON Web Token that lets a spoke in once, within `SESSION_TOKEN_SECONDS`. */
export function signSessionToken(
  key: SpokeKey,
  { spoke, hub, id, now }: SessionTokenSubject,
): string {
  const iat = Math.floor(now.getTime() / 1000);
  const claims = { aud: hub, exp: iat + SESSION_TOKEN_SECONDS, iat, jti: id, sub: spoke };
  const signed = `${HEADER}.${base64Url(canonicalJson(claims))}`;
  return `${signed}.${key.sign(signed)}`;
}

/**
 * Reads a session token; the error says in words what it is not. Only the form is judged: whether it is
 * signed by whom it names, and good now, is for the caller. There is one way to write each token.
 */
export function readSessionToken(text: string): Result<SessionToken, string> {
  if (text.length > LONGEST_TOKEN) return err(`it is longer than ${LONGEST_TOKEN} characters`);
  const [header, payload, signature, ...more] = text.split('.');
  if (payload === undefined || signature === undefined || more.length > 0) {
    return err('it is no JSON Web Token');
  }
  if (header !== HEADER) return err('its header is not that of a session token (EdDSA)');
  const claims = claimsIn(payload);
  if (claims === undefined)
    return err('its claims are not aud, exp, iat, jti and sub, as they must be');
  const lifetime = claims.exp - claims.iat;
  if (lifetime <= 0 || lifetime > SESSION_TOKEN_SECONDS) {
    return err(`it is good for ${lifetime} s; 1 to ${SESSION_TOKEN_SECONDS} s are allowed`);
  }
  return ok({
    spoke: claims.sub,
    hub: claims.aud,
    id: claims.jti,
    issuedAt: new Date(claims.iat * 1000),
    expiresAt: new Date(claims.exp * 1000),
    isSignedBy: (publicKey) => isSignedBy(publicKey, `${HEADER}.${payload}`, signature),
  });
}

/** Written again they must give the same text: no other order, spacing, number or double key. */
function claimsIn(payload: string): Static<typeof Claims> | undefined {
  const claims = parseJson(Buffer.from(payload, 'base64url').toString());
  if (!claimsCheck.Check(claims)) return undefined;
  return base64Url(canonicalJson(claims)) === payload ? claims : undefined;
}

function base64Url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
