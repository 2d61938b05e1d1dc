import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { isOfSmallOrder } from './small-order.js';

/** The raw 32 bytes of an Ed25519 public key, in base64url without padding. */
export const PUBLIC_KEY_PATTERN = '^[A-Za-z0-9_-]{43}$';
/** The 64 bytes of an Ed25519 signature, in base64url without padding. */
export const SIGNATURE_PATTERN = '^[A-Za-z0-9_-]{86}$';

/** The Ed25519 key by which a hub knows a spoke. The private half never leaves the spoke. */
export class SpokeKey {
  /** As `PUBLIC_KEY_PATTERN` says. */
  readonly publicKey: string;

  private constructor(private readonly privateKey: KeyObject) {
    this.publicKey = createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '';
  }

  static create(): SpokeKey {
    return new SpokeKey(generateKeyPairSync('ed25519').privateKey);
  }

  /** From `toPem`. Throws for what is no Ed25519 private key. */
  static fromPem(pem: string): SpokeKey {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType !== 'ed25519') {
      throw new TypeError(`the key is of type ${String(key.asymmetricKeyType)}, not ed25519`);
    }
    return new SpokeKey(key);
  }

  /** The private key, PKCS #8. For a file that only its owner may read. */
  toPem(): string {
    return this.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  }

  /** The signature of a text's UTF-8 bytes, as `SIGNATURE_PATTERN` says. */
  sign(text: string): string {
    return sign(null, Buffer.from(text), this.privateKey).toString('base64url');
  }
}

/**
 * Whether the holder of this public key has signed this text. False for what is no key or signature,
 * and for a key that needs no holder.
 */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  if (!isBase64Url(publicKey, 32) || !isBase64Url(signature, 64)) return false;
  if (isOfSmallOrder(Buffer.from(publicKey, 'base64url'))) return false;
  const key = createPublicKey({
    format: 'jwk',
    key: { kty: 'OKP', crv: 'Ed25519', x: publicKey },
  });
  return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'));
}

/** Whether a text is so many bytes in the one way in which base64url writes them. */
function isBase64Url(text: string, bytes: number): boolean {
  const decoded = Buffer.from(text, 'base64url');
  return decoded.length === bytes && decoded.toString('base64url') === text;
}
