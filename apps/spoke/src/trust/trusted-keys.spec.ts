import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { err, ok } from '@apollo-deploy/kernel';
import {
  type KeySet,
  keySetOf,
  type PlanKey,
  privateKeyFrom,
  signKeySet,
} from '@apollo-deploy/protocol';
import { KeptKeySetsInMemory } from '../testing/kept-key-sets.js';
import { TrustedKeys } from './trusted-keys.js';

function aKey(): PlanKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const read = privateKeyFrom(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

const [A, B, C] = [aKey(), aKey(), aKey()];
const NOW = new Date('2026-03-02T12:00:00.000Z');

function set(version: number, keys: readonly PlanKey[], change: Partial<KeySet> = {}): KeySet {
  return { ...keySetOf({ version, threshold: 1, keys }), ...change };
}

/** What counts, as `version: names of the keys`. */
function counted(keys: TrustedKeys): string {
  const { version = 0, keyIds = [] } = keys.trust ?? {};
  const names = new Map([
    [A.keyid, 'A'],
    [B.keyid, 'B'],
    [C.keyid, 'C'],
  ]);
  return `${String(version)}: ${keyIds.map((id) => names.get(id)).join(' ')}`;
}

describe('the keys that a spoke goes by', () => {
  let disk: KeptKeySetsInMemory;
  beforeEach(() => {
    disk = new KeptKeySetsInMemory();
  });

  it('are those of nobody where nobody has named any', async () => {
    const keys = await disk.start();
    expect(keys.trust).toBeUndefined();
    expect(keys.at(NOW)).toBeNull();
    expect(await keys.follow(signKeySet(set(1, [A]), [A]), NOW)).toEqual(ok('known'));
    expect(keys.trust).toBeUndefined();
  });

  it('go on to a set that the keys of before have signed, also over a restart', async () => {
    const keys = await disk.start(set(1, [A]));
    expect(await keys.follow(signKeySet(set(2, [A, B]), [A]), NOW)).toEqual(ok('adopted'));
    expect(await keys.follow(signKeySet(set(5, [B]), [B]), NOW)).toEqual(ok('adopted'));
    const restarted = await disk.start(set(1, [A]));
    expect(counted(restarted)).toBe('5: B');
    expect(restarted.at(NOW)?.former.map((former) => former.keys.length)).toEqual([2, 1]);
  });

  it.each([
    {
      name: 'nobody who counts',
      came: signKeySet(set(3, [B]), [B]),
      answer: { error: { reason: 'KeySetNotTrusted' } },
    },
    {
      name: 'the keys that count, for another set of this version',
      came: signKeySet(set(2, [A, B]), [A]),
      answer: { error: { reason: 'KeySetConflict' } },
    },
    {
      name: 'the keys that count, for a version that leaves none after it',
      came: signKeySet(set(Number.MAX_SAFE_INTEGER, [A]), [A]),
      answer: { error: { reason: 'KeySetNotTrusted' } },
    },
    {
      name: 'the keys that count, for one that is 1001 ahead',
      came: signKeySet(set(1003, [A]), [A]),
      answer: { error: { reason: 'KeySetNotTrusted' } },
    },
    {
      name: 'the keys that count, for a lower version',
      came: signKeySet(set(1, [A, B]), [A]),
      answer: { value: 'known' },
    },
    {
      name: 'the keys that count, for this very set',
      came: signKeySet(set(2, [A]), [A]),
      answer: { value: 'known' },
    },
    {
      name: 'the keys that count, for one that is over',
      came: signKeySet(set(3, [A, B], { expiresAt: '2026-03-02T12:00:00Z' }), [A]),
      answer: { value: 'passed' },
    },
  ])('stay as they are by what is signed by $name', async ({ came, answer }) => {
    const keys = await disk.start(set(2, [A]));
    expect(await keys.follow(came, NOW)).toMatchObject(answer);
    expect(counted(keys)).toBe('2: A');
    expect(counted(await disk.start())).toBe('2: A');
  });

  it('go over one that has ended to the one that follows on it, and on nothing else', async () => {
    const keys = await disk.start(set(1, [A]));
    await keys.follow(signKeySet(set(2, [B], { expiresAt: '2026-03-01T00:00:00Z' }), [A, B]), NOW);
    const strange = await keys.follow(signKeySet(set(3, [C]), [A, C]), NOW);
    expect(strange).toMatchObject({ error: { reason: 'KeySetNotTrusted' } });
    expect(await keys.follow(signKeySet(set(3, [C]), [B, C]), NOW)).toEqual(ok('adopted'));
    expect(counted(keys)).toBe('3: C');
  });

  it('count no more from the instant at which their set ends', async () => {
    const keys = await disk.start(set(1, [A], { expiresAt: '2026-03-02T12:00:00.001Z' }));
    expect(keys.at(NOW)?.ended).toBeNull();
    expect(keys.at(new Date(NOW.getTime() + 1))?.ended).toBe('2026-03-02T12:00:00.001Z');
  });

  it('go on by a thousand versions', async () => {
    const keys = await disk.start(set(2, [A]));
    expect(await keys.follow(signKeySet(set(1002, [A]), [A]), NOW)).toEqual(ok('adopted'));
  });

  it('need two of the keys of before where two have to sign', async () => {
    const keys = await disk.start(set(1, [A, B], { threshold: 2 }));
    const next = set(2, [B, C], { threshold: 2 });
    for (const signed of [
      [A, C],
      [B, C],
      [A, B],
    ]) {
      expect((await keys.follow(signKeySet(next, signed), NOW)).ok).toBe(false);
    }
    expect(await keys.follow(signKeySet(next, [A, B, C]), NOW)).toEqual(ok('adopted'));
  });

  it.each([
    { name: 'a newer file', given: set(4, [C]), now: '4: C' },
    { name: 'an older file', given: set(2, [C]), now: '3: B' },
    { name: 'the same file', given: set(3, [B]), now: '3: B' },
    { name: 'no file', given: null, now: '3: B' },
  ])('are after a start with $name: $now', async ({ given, now }) => {
    await (await disk.start(set(1, [A]))).follow(signKeySet(set(3, [B]), [A, B]), NOW);
    expect(counted(await disk.start(given))).toBe(now);
    expect(counted(await disk.start())).toBe(now);
  });

  it('are not another set of the same version by a file', async () => {
    await disk.start(set(1, [A]));
    expect(await TrustedKeys.open(disk, set(1, [B]))).toEqual(
      err(
        'this spoke already goes by another key set of version 1; give the file a higher version',
      ),
    );
  });

  it('are what the hub says at the first join, and never again', async () => {
    const keys = await disk.start();
    expect(await keys.pin(set(1, [A]))).toBe(true);
    expect(await keys.pin(set(9, [C]))).toBe(false);
    expect(counted(await disk.start())).toBe('1: A');
  });

  it('are not what the hub says where the owner has named some', async () => {
    const keys = await disk.start(set(1, [A]));
    expect(await keys.pin(set(9, [C]))).toBe(false);
    expect(counted(keys)).toBe('1: A');
  });

  it.each([
    {
      name: 'nonsense',
      told: set(1, [A], { threshold: 2 }),
      message: /it wants 2 signatures and has 1 keys/,
    },
    {
      name: 'the last version there is, which leaves none after it',
      told: set(Number.MAX_SAFE_INTEGER, [A]),
      message: /version 9007199254740991 is above 2147483648/,
    },
    {
      name: 'a version above the highest to begin with',
      told: set(2 ** 31 + 1, [A]),
      message: /version 2147483649 is above 2147483648/,
    },
  ])('are not taken from a hub that tells $name', async ({ told, message }) => {
    const keys = await disk.start();
    await expect(keys.pin(told)).rejects.toMatchObject({
      ...{ name: 'KeySetUnusable', retryable: true },
      message: expect.stringMatching(message),
    });
    expect(keys.trust).toBeUndefined();
  });

  it('begin with the highest version there is to begin with, and go on from it', async () => {
    const keys = await disk.start();
    expect(await keys.pin(set(2 ** 31, [A]))).toBe(true);
    const next = signKeySet(set(2 ** 31 + 1, [B]), [A, B]);
    expect(await keys.follow(next, NOW)).toEqual(ok('adopted'));
  });

  it('stay as they are where the next ones cannot be kept', async () => {
    const keys = await disk.start(set(1, [A]));
    disk.isFull = true;
    const next = signKeySet(set(2, [B]), [A, B]);
    await expect(keys.follow(next, NOW)).rejects.toThrow('the disk is full');
    expect(counted(keys)).toBe('1: A');
    disk.isFull = false;
    expect(await keys.follow(next, NOW)).toEqual(ok('adopted'));
  });
});
