import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  keySetOf,
  type PlanKey,
  publicHalf,
  publicKeyFrom,
  publicKeyFromRaw,
  SpokeKey,
} from '@apollo-deploy/protocol';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { IdentityFiles } from './identity-files.js';
import { type OpenedKeys, openTrustedKeys } from './open-trusted-keys.js';

const MEMBER = { spoke: 'dev', environment: 'dev', hub: 'hub-1', tokenHash: 'hash' };

function aKey(): PlanKey {
  const { publicKey } = generateKeyPairSync('ed25519');
  const read = publicKeyFrom(publicKey.export({ type: 'spki', format: 'pem' }).toString());
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

const [OWNERS, HUBS] = [aKey(), aKey()];
const TOLD = keySetOf({ version: 7, threshold: 1, keys: [HUBS] });

describe('the trusted keys of a spoke that starts', () => {
  let directory: string;
  let path: string;
  let files: IdentityFiles;
  let said: string[];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'apollo-trust-'));
    path = join(directory, 'trusted.json');
    files = new IdentityFiles(join(directory, 'identity'));
    said = [];
  });
  afterEach(() => rm(directory, { recursive: true }));

  const log = pino({}, { write: (line) => said.push((JSON.parse(line) as { msg: string }).msg) });
  const starts = (file: string | null = null): Promise<OpenedKeys> =>
    openTrustedKeys(files, file, log);
  const give = (version: number, ...keys: readonly string[]): Promise<void> =>
    writeFile(path, JSON.stringify({ version, threshold: 1, keys }));

  it('are what the hub says at the first join, over every start after it', async () => {
    const { keys, pin } = await starts();
    await pin(TOLD);
    await pin(keySetOf({ version: 8, threshold: 1, keys: [OWNERS] }));
    expect(keys.trust).toMatchObject({ version: 7, keyIds: [HUBS.keyid] });
    expect((await starts()).keys.trust).toEqual(keys.trust);
    const { mode } = await stat(join(directory, 'identity', 'key-sets.json'));
    expect(mode & 0o777).toBe(0o600);
  });

  it('are those of the owner where there are some, whatever the hub says', async () => {
    await give(1, publicHalf(OWNERS));
    const { keys, pin } = await starts(path);
    await pin(TOLD);
    expect(keys.trust).toMatchObject({ version: 1, keyIds: [OWNERS.keyid] });
  });

  it('are not others of the same version: the owner is told what to do', async () => {
    await give(1, publicHalf(OWNERS));
    await starts(path);
    await give(1, publicHalf(HUBS));
    await expect(starts(path)).rejects.toThrow('give the file a higher version');
    await give(2, publicHalf(HUBS));
    expect((await starts(path)).keys.trust).toMatchObject({ version: 2, keyIds: [HUBS.keyid] });
  });

  it.each(['key', 'offered-key', 'stored-key'] as const)('are never its own: %s', async (name) => {
    const own = SpokeKey.create();
    await files.keepKey(name, own);
    const key = publicKeyFromRaw(own.publicKey);
    if (!key.ok) throw new Error(key.error);
    await give(1, publicHalf(OWNERS), publicHalf(key.value));
    await expect(starts(path)).rejects.toThrow('one key has one purpose');
  });

  it('are missing where neither has said any, and the log warns of it', async () => {
    const { keys, pin } = await starts();
    expect(said).toEqual([]);
    await pin(undefined);
    await files.keepMembership(MEMBER);
    await starts();
    expect(keys.trust).toBeUndefined();
    expect(said).toEqual([
      expect.stringContaining('plans need no signature here'),
      expect.stringContaining('plans need no signature here'),
    ]);
  });

  it('are not taken from a file that was damaged', async () => {
    const { pin } = await starts();
    await pin(TOLD);
    await writeFile(join(directory, 'identity', 'key-sets.json'), '{"set": {}}', { mode: 0o600 });
    await expect(starts()).rejects.toThrow('key-sets.json cannot be read; delete it');
  });
});
