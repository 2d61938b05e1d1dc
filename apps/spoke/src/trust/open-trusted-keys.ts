import type { KeySet } from '@apollo-deploy/protocol';
import type { Logger } from 'pino';
import type { IdentityFiles } from './identity-files.js';
import { readTrustedKeys, TrustedKeysUnusable } from './read-trusted-keys.js';
import { TrustedKeys } from './trusted-keys.js';

const UNSIGNED =
  'plans need no signature here: whoever writes to the hub decides what runs in this cluster; give APOLLO_SPOKE_TRUSTED_KEYS';
const OWN_KEYS = ['key', 'offered-key', 'stored-key'] as const;

export interface OpenedKeys {
  readonly keys: TrustedKeys;
  /** For the answer to a join: whose signatures the hub says are to count, if it says so. */
  readonly pin: (set: KeySet | undefined) => Promise<void>;
}

/**
 * Whose signatures this spoke goes by: the file of the cluster's owner (`path`; null: there is none), or
 * what it has gone on to since. Throws `TrustedKeysUnusable`, and what the files throw.
 */
export async function openTrustedKeys(
  files: IdentityFiles,
  path: string | null,
  log: Logger,
): Promise<OpenedKeys> {
  const given = path === null ? null : await readTrustedKeys(path);
  if (given !== null) await assertNoOwnKey(files, given);
  const opened = await TrustedKeys.open(files, given);
  if (!opened.ok) {
    throw new TrustedKeysUnusable(
      `the file ${path ?? ''} of trusted keys cannot be taken: ${opened.error}`,
    );
  }
  const keys = opened.value;
  const { trust } = keys;
  if (trust !== undefined)
    log.info({ ...trust }, 'plans are carried out that these keys have signed');
  else if ((await files.membership()) !== null) log.warn(UNSIGNED);
  return { keys, pin: (set) => pin(keys, set, log) };
}

async function pin(keys: TrustedKeys, set: KeySet | undefined, log: Logger): Promise<void> {
  if (set === undefined) {
    if (keys.trust === undefined) log.warn(UNSIGNED);
  } else if (await keys.pin(set)) {
    log.info({ ...keys.trust }, 'the hub has said whose signatures count, and from now on they do');
  }
}

/** What vouches for this spoke to the hub must not be what vouches for the hub to this spoke. */
async function assertNoOwnKey(files: IdentityFiles, { keys }: KeySet): Promise<void> {
  for (const name of OWN_KEYS) {
    const own = await files.key(name);
    if (!keys.some(({ publicKey }) => publicKey === own?.publicKey)) continue;
    throw new TrustedKeysUnusable(
      'the key of this spoke is among the keys that sign plans; one key has one purpose: take it out of the file (APOLLO_SPOKE_TRUSTED_KEYS), and make another key for the hub',
    );
  }
}
