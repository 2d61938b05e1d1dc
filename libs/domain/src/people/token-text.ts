import { sha256Hex } from '@apollo-deploy/kernel';

/** What every token begins with, so that people and scanners for secrets know one when they see it. */
const PREFIX = 'apollo_';
const SECRET = /^[0-9a-f]{64}$/;
const CHECKSUM_LENGTH = 8;

/** The token around a secret, which is 256 random bits as 64 hex digits. Throws `TypeError` for others. */
export function tokenText(secret: string): string {
  if (!SECRET.test(secret)) throw new TypeError('the secret of a token is 64 hex digits');
  return `${PREFIX}${secret}${checksumOf(secret)}`;
}

/**
 * Whether a text has the form of a token and its checksum is right: what was cut off or mistyped is not
 * looked up, and a scanner can tell a token from its like without asking the hub.
 */
export function isTokenText(text: string): boolean {
  if (text.length !== PREFIX.length + 64 + CHECKSUM_LENGTH || !text.startsWith(PREFIX))
    return false;
  const secret = text.slice(PREFIX.length, -CHECKSUM_LENGTH);
  return SECRET.test(secret) && text.endsWith(checksumOf(secret));
}

function checksumOf(secret: string): string {
  return sha256Hex(`${PREFIX}${secret}`).slice(0, CHECKSUM_LENGTH);
}
