import { readFile } from 'node:fs/promises';
import { type KeySet, keySetOf, publicKeyFrom, type PlanKey } from '@apollo-deploy/protocol';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';

/** The trusted keys are not to be had as things are; a person has to do what the message says. */
export class TrustedKeysUnusable extends Error {
  override readonly name = 'TrustedKeysUnusable';
}

const TrustedKeys = Type.Object(
  {
    version: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    /** So many different keys have to sign a plan. */
    threshold: Type.Integer({ minimum: 1, maximum: 8 }),
    /** Public keys (SPKI, PEM). */
    keys: Type.Array(Type.String({ maxLength: 1024 }), { minItems: 1, maxItems: 16 }),
  },
  { additionalProperties: false },
);
const trustedKeys = Compile(TrustedKeys);

/** Whose signatures count, by the file that this spoke is started with. Throws `TrustedKeysUnusable`. */
export async function readTrustedKeys(path: string): Promise<KeySet> {
  const value = await jsonOf(path);
  if (!trustedKeys.Check(value)) {
    const [first] = trustedKeys.Errors(value);
    const where = first === undefined ? '' : `: ${first.instancePath || 'it'} ${first.message}`;
    throw unusable(path, `does not hold {"version", "threshold", "keys"}${where}`);
  }
  const keys = value.keys.map((pem) => keyFrom(path, pem));
  const different = new Set(keys.map(({ keyid }) => keyid)).size;
  if (different < keys.length) throw unusable(path, 'names a key twice');
  if (different < value.threshold) {
    throw unusable(path, `wants ${value.threshold} signatures and has ${different} keys`);
  }
  return keySetOf({ version: value.version, threshold: value.threshold, keys });
}

function keyFrom(path: string, pem: string): PlanKey {
  const key = publicKeyFrom(pem);
  if (!key.ok) throw unusable(path, `has a key that is not usable: ${key.error}`);
  return key.value;
}

async function jsonOf(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw unusable(path, 'cannot be read as JSON', error);
  }
}

function unusable(path: string, what: string, cause?: unknown): TrustedKeysUnusable {
  const message = `the file ${path} of trusted keys ${what}; write the public keys of the hub into it (APOLLO_SPOKE_TRUSTED_KEYS)`;
  return new TrustedKeysUnusable(message, cause === undefined ? {} : { cause });
}
