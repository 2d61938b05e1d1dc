import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isKeySetSignedBy, signersOf } from '@apollo-deploy/protocol';
import { KeyFileSigner } from './key-file-signer.js';

describe('a signing key in a file', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'apollo-key-'));
    path = join(folder, 'signing.pem');
  });
  afterEach(() => rm(folder, { recursive: true }));

  function pem(): string {
    const { privateKey } = generateKeyPairSync('ed25519');
    return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  }

  it('is read, and named by its public half', async () => {
    await writeFile(path, pem(), { mode: 0o600 });
    const signer = await KeyFileSigner.read([path]);
    expect(signer.keyIds[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(signer)).toBe('{}');
  });

  it.each([0o644, 0o640, 0o604])('is refused if others may read it (%o)', async (mode) => {
    await writeFile(path, pem(), { mode: 0o600 });
    await chmod(path, mode);
    await expect(KeyFileSigner.read([path])).rejects.toThrow(`run chmod 600 ${path}`);
  });

  it('is refused if it is no key, and nothing of it is shown', async () => {
    await writeFile(path, 'a secret of another kind', { mode: 0o600 });
    const refusal = await KeyFileSigner.read([path]).catch((error: unknown) => String(error));
    expect(refusal).toContain('openssl genpkey');
    expect(refusal).not.toContain('a secret');
  });

  it('is one of several that all sign, and that are the first key set', async () => {
    const paths = ['a.pem', 'b.pem'].map((name) => join(folder, name));
    for (const file of paths) await writeFile(file, pem(), { mode: 0o600 });
    const signer = await KeyFileSigner.read(paths);
    const { set, envelope } = signer.firstKeySet();
    expect(set).toMatchObject({ version: 1, threshold: 1 });
    expect(set.keys.map(({ keyId }) => keyId)).toEqual(signer.keyIds);
    expect(isKeySetSignedBy(envelope, { ...signersOf(set), threshold: 2 })).toBe(true);
  });

  it('is refused if it is named twice, also by a copy', async () => {
    const copy = join(folder, 'copy.pem');
    const text = pem();
    for (const file of [path, copy]) await writeFile(file, text, { mode: 0o600 });
    await expect(KeyFileSigner.read([path, copy])).rejects.toThrow('name each key once');
  });

  it('is refused if there are more than a plan has room for', async () => {
    const paths = Array.from({ length: 9 }, (_, at) => join(folder, `${String(at)}.pem`));
    for (const file of paths) await writeFile(file, pem(), { mode: 0o600 });
    await expect(KeyFileSigner.read(paths)).rejects.toThrow('room for 8 signatures');
  });

  it('is refused if it is not there', async () => {
    await expect(KeyFileSigner.read([path])).rejects.toThrow('check APOLLO_SIGNING_KEY_FILE');
  });
});
