import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { isOfSmallOrder } from '../trust/small-order.js';

/** Half of an Ed25519 pair, with the name that both halves have. */
export interface PlanKey {
  readonly key: KeyObject;
  /** SHA-256 of the public half (SPKI, DER), lower-case hex. */
  readonly keyid: string;
}

/** Reads a private key (PKCS #8, PEM). The error says what is wrong, and nothing of the key. */
export function privateKeyFrom(pem: string): Result<PlanKey, string> {
  return read(() => createPrivateKey(pem), 'an Ed25519 private key in PEM (PKCS #8)');
}

/** Reads a public key (SPKI, PEM). */
export function publicKeyFrom(pem: string): Result<PlanKey, string> {
  // A private key has its public half in it, and must not be taken for one: it would be handed around.
  if (pem.includes('PRIVATE KEY')) return err('it holds a private key; give its public half');
  return read(() => createPublicKey(pem), 'an Ed25519 public key in PEM (SPKI)');
}

/** Reads a public key as `rawPublicKey` writes it. */
export function publicKeyFromRaw(publicKey: string): Result<PlanKey, string> {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey };
  const key = read(
    () => createPublicKey({ format: 'jwk', key: jwk }),
    'an Ed25519 public key, 32 bytes in base64url',
  );
  // There is one way to write those bytes: two texts are two keys.
  return key.ok && rawPublicKey(key.value) !== publicKey
    ? err('it is not written as base64url writes it')
    : key;
}

/** The public half, its 32 bytes in base64url: as spokes' keys are written. */
export function rawPublicKey({ key }: PlanKey): string {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return half.export({ format: 'jwk' }).x ?? '';
}

/** The public half, as PEM. */
export function publicHalf({ key }: PlanKey): string {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return half.export({ type: 'spki', format: 'pem' }).toString();
}

function read(make: () => KeyObject, accepted: string): Result<PlanKey, string> {
  let key: KeyObject;
  try {
    key = make();
  } catch {
    return err(`it does not hold ${accepted}`);
  }
  if (key.asymmetricKeyType !== 'ed25519') return err(`it does not hold ${accepted}`);
  const half = key.type === 'private' ? createPublicKey(key) : key;
  const der = half.export({ type: 'spki', format: 'der' });
  // The point is at the end.
  if (isOfSmallOrder(der.subarray(-32))) {
    return err('it holds a key that anybody can sign for; make another one');
  }
  return ok({ key, keyid: createHash('sha256').update(der).digest('hex') });
}
