import { readFile, stat } from 'node:fs/promises';
import type { PlanSigner } from '@apollo-deploy/orchestration';
import {
  type DsseEnvelope,
  type KeySet,
  keySetOf,
  MOST_SIGNERS,
  type PlanKey,
  privateKeyFrom,
  signKeySet,
  signPlan,
} from '@apollo-deploy/protocol';

/** The signing key is not to be had as things are; a person has to do what the message says. */
export class SigningKeyUnusable extends Error {
  override readonly name = 'SigningKeyUnusable';
}

/** Signs with keys that were read from files at the start; nothing of them can be asked for. */
export class KeyFileSigner implements PlanSigner {
  readonly #keys: readonly PlanKey[];

  private constructor(keys: readonly PlanKey[]) {
    this.#keys = keys;
  }

  /**
   * Reads the private keys, one a file. Throws `SigningKeyUnusable` for a file that others may read, or
   * without an Ed25519 key, for a key that comes twice, and for more keys than an envelope has room for.
   */
  static async read(paths: readonly string[]): Promise<KeyFileSigner> {
    const keys: PlanKey[] = [];
    for (const path of paths) {
      const key = await keyIn(path);
      if (keys.some(({ keyid }) => keyid === key.keyid)) {
        throw new SigningKeyUnusable(
          `the signing key ${path} is named twice in APOLLO_SIGNING_KEY_FILE; it signs once all the same: name each key once`,
        );
      }
      keys.push(key);
    }
    if (keys.length > MOST_SIGNERS) {
      throw new SigningKeyUnusable(
        `APOLLO_SIGNING_KEY_FILE names ${keys.length} keys, and a plan has room for ${MOST_SIGNERS} signatures; leave out those that are not used any more`,
      );
    }
    return new KeyFileSigner(keys);
  }

  /** Names of the keys, as spokes see them too: SHA-256 of their public halves. */
  get keyIds(): readonly string[] {
    return this.#keys.map(({ keyid }) => keyid);
  }

  sign(plan: Parameters<PlanSigner['sign']>[0]): ReturnType<PlanSigner['sign']> {
    return Promise.resolve(signPlan(plan, this.#keys));
  }

  /** The first key set of a hub that has none: any one of these keys is enough. */
  firstKeySet(): { readonly set: KeySet; readonly envelope: DsseEnvelope } {
    const set = keySetOf({ version: 1, threshold: 1, keys: this.#keys });
    return { set, envelope: signKeySet(set, this.#keys) };
  }
}

async function keyIn(path: string): Promise<PlanKey> {
  const key = privateKeyFrom(await readPrivateFile(path));
  if (key.ok) return key.value;
  throw new SigningKeyUnusable(
    `the signing key ${path} is not usable: ${key.error}; make one with: openssl genpkey -algorithm ed25519 -out ${path}`,
  );
}

async function readPrivateFile(path: string): Promise<string> {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) {
      throw new SigningKeyUnusable(
        `the signing key ${path} may be read by others; run chmod 600 ${path}, and make a new key if somebody else was on this machine`,
      );
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof SigningKeyUnusable) throw error;
    throw new SigningKeyUnusable(
      `the signing key ${path} cannot be read; check APOLLO_SIGNING_KEY_FILE`,
      { cause: error },
    );
  }
}
