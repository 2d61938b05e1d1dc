import { canonicalJson, err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { PUBLIC_KEY_PATTERN } from '../trust/spoke-key.js';
import { closed, parseCanonical } from './canonical-payload.js';
import type { DsseEnvelope } from './dsse-envelope.js';
import {
  KeyId,
  KeySetEnd,
  KeySetVersion,
  type KeyTrust,
  MOST_KEYS,
  Threshold,
} from './key-trust.js';
import { type PlanKey, publicKeyFromRaw, rawPublicKey } from './plan-key.js';
import { signEnvelope } from './sign-envelope.js';
import {
  fromBase64,
  type SignatureRefusal,
  type Signers,
  verifyEnvelope,
} from './verify-envelope.js';

/** The only type under which key sets are signed. */
const KEY_SET_TYPE = 'application/vnd.apollo.key-set.v1+json';

/** The keys that sign plans, and the next key set. A later one has a higher version. */
export const KeySet = Type.Object({
  version: KeySetVersion,
  /** How many different ones of the keys have to sign. */
  threshold: Threshold,
  keys: Type.Array(
    Type.Object({
      /** SHA-256 of the key (SPKI, DER). */
      keyId: KeyId,
      /** Ed25519, 32 bytes in base64url. */
      publicKey: Type.String({ pattern: PUBLIC_KEY_PATTERN }),
      purpose: Type.Literal('plan'),
    }),
    { minItems: 1, maxItems: MOST_KEYS },
  ),
  /** From then on none of the keys counts. Absent: it has no end. */
  expiresAt: Type.Optional(KeySetEnd),
});
export type KeySet = Static<typeof KeySet>;

export interface KeySetRefusal {
  readonly code: SignatureRefusal['code'] | 'not_canonical' | 'not_a_key_set' | 'own_signature';
  readonly message: string;
}

const keySet = Compile(closed(KeySet));

/** The key set of these keys, each by its public half. */
export function keySetOf({
  version,
  threshold,
  keys,
  expiresAt,
}: Pick<KeySet, 'version' | 'threshold'> & {
  readonly keys: readonly PlanKey[];
  readonly expiresAt?: string | undefined;
}): KeySet {
  return {
    ...{ version, threshold },
    keys: keys.map((key) => ({
      ...{ keyId: key.keyid, publicKey: rawPublicKey(key) },
      purpose: 'plan',
    })),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

/** Whose signatures count by a key set. Throws `InvariantViolation` for what `objectionToKeySet` refuses. */
export function signersOf({ threshold, keys }: Pick<KeySet, 'threshold' | 'keys'>): Signers {
  const signers = keys.map(({ publicKey }) => {
    const key = publicKeyFromRaw(publicKey);
    if (!key.ok) throw new InvariantViolation(`a key set holds no key: ${key.error}`);
    return key.value;
  });
  return { keys: signers, threshold };
}

/** What a spoke that goes by this key set tells of it. */
export function trustIn({ version, threshold, keys, expiresAt }: KeySet): KeyTrust {
  const keyIds = keys.map(({ keyId }) => keyId);
  return { version, threshold, keyIds, ...(expiresAt !== undefined && { expiresAt }) };
}

/** Signs a key set, as canonical JSON. Throws `InvariantViolation` for what nobody would take for one. */
export function signKeySet(set: KeySet, keys: readonly PlanKey[]): DsseEnvelope {
  const objection = objectionToKeySet(set);
  if (objection !== null) throw new InvariantViolation(`this is no key set: ${objection}`);
  return signEnvelope(KEY_SET_TYPE, Buffer.from(canonicalJson(set), 'utf8'), keys);
}

/**
 * The envelope with these signatures besides its own, and the key set that they are for. What is signed
 * stays as it is. Refused for whatever is no key set: such a signature would count for that.
 */
export function cosignKeySet(
  envelope: DsseEnvelope,
  keys: readonly PlanKey[],
): Result<{ readonly set: KeySet; readonly envelope: DsseEnvelope }, KeySetRefusal> {
  const { payloadType, payload, signatures } = envelope;
  if (payloadType !== KEY_SET_TYPE) {
    const message = `what is to be signed is ${JSON.stringify(payloadType)}, and no key set (${KEY_SET_TYPE})`;
    return err({ code: 'payload_type', message });
  }
  const bytes = fromBase64(payload);
  if (bytes === null) return err(NOT_BASE64);
  const set = parseKeySet(bytes);
  if (!set.ok) return set;
  const added = signEnvelope(KEY_SET_TYPE, Buffer.from(bytes), keys).signatures;
  const others = signatures.filter(({ keyid }) => !keys.some((key) => key.keyid === keyid));
  const cosigned = { payloadType, payload, signatures: [...others, ...added] };
  return ok({ set: set.value, envelope: cosigned });
}

/**
 * The key set that follows on one that is trusted: signed by enough of the keys of that one, which is
 * verified before anything is read, and by enough of its own, so that somebody is known to hold them.
 * Whether it is newer, and not at its end, is for the caller to see.
 */
export function openKeySet(
  envelope: DsseEnvelope,
  trusted: Signers,
): Result<KeySet, KeySetRefusal> {
  const verified = verifyEnvelope(envelope, KEY_SET_TYPE, trusted);
  return verified.ok ? readKeySet(envelope, verified.value) : verified;
}

/**
 * A key set that its own keys alone vouch for: they are held by whoever made it. Worth as much as the
 * hand from which it comes.
 */
export function openOwnKeySet(envelope: DsseEnvelope): Result<KeySet, KeySetRefusal> {
  const bytes = fromBase64(envelope.payload);
  if (bytes === null) return err(NOT_BASE64);
  return readKeySet(envelope, bytes);
}

/** Whether enough of these have signed the key set. */
export function isKeySetSignedBy(envelope: DsseEnvelope, trusted: Signers): boolean {
  return verifyEnvelope(envelope, KEY_SET_TYPE, trusted).ok;
}

/** Why a value is no key set, in words for people; null: it is one. */
export function objectionToKeySet(value: unknown): string | null {
  if (!keySet.Check(value)) {
    const [first] = keySet.Errors(value);
    return first === undefined ? 'it is none' : `${first.instancePath || 'it'} ${first.message}`;
  }
  const { keys, threshold, expiresAt } = value;
  for (const { keyId, publicKey } of keys) {
    const key = publicKeyFromRaw(publicKey);
    if (!key.ok) return `key ${keyId}: ${key.error}`;
    if (key.value.keyid !== keyId) return `key ${keyId} is not the SHA-256 of its public key`;
  }
  const different = new Set(keys.map(({ keyId }) => keyId)).size;
  if (different < keys.length) return 'it names a key twice';
  if (different < threshold) return `it wants ${threshold} signatures and has ${different} keys`;
  const isInstant = expiresAt === undefined || !Number.isNaN(Date.parse(expiresAt));
  return isInstant ? null : `expiresAt ${JSON.stringify(expiresAt)} is no instant`;
}

const NOT_BASE64 = { code: 'not_base64', message: 'the payload is not base64' } as const;

function parseKeySet(bytes: Uint8Array): Result<KeySet, KeySetRefusal> {
  const value = parseCanonical(bytes);
  if (value === undefined) {
    return err({ code: 'not_canonical', message: 'what is signed is not canonical JSON' });
  }
  const objection = objectionToKeySet(value);
  if (objection === null) return ok(value as KeySet);
  return err({ code: 'not_a_key_set', message: `what is signed is no key set: ${objection}` });
}

function readKeySet(envelope: DsseEnvelope, bytes: Uint8Array): Result<KeySet, KeySetRefusal> {
  const parsed = parseKeySet(bytes);
  if (!parsed.ok) return parsed;
  const set = parsed.value;
  const own = verifyEnvelope(envelope, KEY_SET_TYPE, signersOf(set));
  if (own.ok) return ok(set);
  if (own.error.code === 'payload_type') return own;
  const message = `${own.error.message}: the keys of the new key set have to sign it as well`;
  return err({ code: 'own_signature', message });
}
