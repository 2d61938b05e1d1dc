import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DsseEnvelope,
  openKeySet,
  type PlanKey,
  publicKeyFrom,
} from '@apollo-deploy/protocol';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run as runCli } from '../testing/cli-run.js';

describe('key sets', () => {
  let directory: string;
  let old: PlanKey;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'apollo-keys-'));
    old = await make('old');
    await make('new');
  });
  afterEach(() => rm(directory, { recursive: true }));

  /** A pair of keys, as openssl would write it. */
  async function make(name: string): Promise<PlanKey> {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const secret = privateKey.export({ type: 'pkcs8', format: 'pem' });
    await writeFile(join(directory, `${name}.pem`), secret, { mode: 0o600 });
    await writeFile(join(directory, `${name}.pub`), pem);
    const read = publicKeyFrom(pem);
    if (!read.ok) throw new Error(read.error);
    return read.value;
  }

  const run = (...words: string[]) => runCli(['keys', ...words], { directory });
  const envelopeIn = (out: string) => JSON.parse(out) as DsseEnvelope;

  it('are signed by the key of before, without asking anybody', async () => {
    const words = ['2', '--trust', 'old.pub', '--trust', 'new.pub'];
    const { code, out, err, requests } = await run('sign', ...words, '--by', 'old.pem');
    expect([code, err, requests]).toEqual([0, '', []]);
    const opened = openKeySet(envelopeIn(out), { keys: [old], threshold: 1 });
    expect(opened).toMatchObject({ ok: true, value: { version: 2, threshold: 1 } });
  });

  it('are signed by several, each where their key is', async () => {
    const words = ['2', '--trust', 'new.pub', '--expires', '2027-06-01T00:00:00Z'];
    const first = await run('sign', ...words, '--by', 'old.pem');
    expect(first.err).toContain('not whole yet');
    await writeFile(join(directory, 'set.json'), first.out);
    const second = await run('cosign', 'set.json', '--by', 'new.pem');
    expect([second.code, second.err.split('\n')[0]]).toEqual([
      0,
      'signed: key set 2, until 2027-06-01T00:00:00Z; to sign a plan or the next key set takes 1 of',
    ]);
    const opened = openKeySet(envelopeIn(second.out), { keys: [old], threshold: 1 });
    expect(opened).toMatchObject({ ok: true, value: { expiresAt: '2027-06-01T00:00:00Z' } });
  });

  it.each([
    { name: 'a plan', payloadType: 'application/vnd.apollo.plan.v1+json', payload: '{}' },
    {
      name: 'a plan that says it is a key set',
      payloadType: 'application/vnd.apollo.key-set.v1+json',
      payload: '{"planId":"plan-1"}',
    },
  ])('are all that is signed besides: not $name', async ({ payloadType, payload }) => {
    const forged = {
      payloadType,
      payload: Buffer.from(payload).toString('base64'),
      signatures: [],
    };
    await writeFile(join(directory, 'forged.json'), JSON.stringify(forged));
    const { code, out, err } = await run('cosign', 'forged.json', '--by', 'old.pem');
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain('forged.json is not signed: what is');
  });

  const SIGN = ['sign', '2', '--trust', 'old.pub', '--by', 'old.pem'];
  it.each([
    {
      name: 'more signatures than keys',
      words: [...SIGN, '--threshold', '2'],
      code: 3,
      says: 'it wants 2 signatures',
    },
    {
      name: 'no version',
      words: ['sign', 'two', '--trust', 'old.pub', '--by', 'old.pem'],
      code: 3,
      says: 'that is no key set',
    },
    {
      name: 'an end that is no instant',
      words: [...SIGN, '--expires', 'soon'],
      code: 3,
      says: 'that is no key set',
    },
    {
      name: 'a key twice',
      words: [...SIGN, '--trust', 'old.pub'],
      code: 3,
      says: 'it names a key twice',
    },
    {
      name: 'a private key to trust',
      words: [...SIGN, '--trust', 'new.pem'],
      code: 2,
      says: 'it holds a private key',
    },
    {
      name: 'a key that others may read',
      words: [...SIGN, '--by', 'shared.pem'],
      code: 2,
      says: 'run chmod 600 shared.pem',
    },
    {
      name: 'a file that is not there',
      words: [...SIGN, '--by', 'none.pem'],
      code: 2,
      says: 'none.pem cannot be read',
    },
    {
      name: 'a file that is no key set',
      words: ['cosign', 'old.pub', '--by', 'old.pem'],
      code: 2,
      says: 'holds no signed key set',
    },
  ])('are not made of $name', async ({ words, code, says }) => {
    await make('shared');
    await chmod(join(directory, 'shared.pem'), 0o644);
    const ran = await run(...words);
    expect([ran.code, ran.out]).toEqual([code, '']);
    expect(ran.err).toContain(says);
  });
});
