import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readToken } from './read-token.js';

describe('the token', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'apollo-token-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function file(text: string, mode: number): Promise<string> {
    const path = join(folder, 'token');
    await writeFile(path, text);
    await chmod(path, mode);
    return path;
  }

  it('is read from a file that only its owner may read', async () => {
    const path = await file('secret-of-this-spoke\n', 0o600);
    expect(await readToken({ kind: 'file', path })).toBe('secret-of-this-spoke');
  });

  it.each([
    { name: 'its group may read', mode: 0o640, text: 'x', message: 'run chmod 600' },
    { name: 'everybody may read', mode: 0o604, text: 'x', message: 'run chmod 600' },
    { name: 'is empty', mode: 0o600, text: '\n', message: 'does not hold a token' },
    { name: 'holds two words', mode: 0o600, text: 'a b', message: 'does not hold a token' },
  ])('is not taken from a file that $name', async ({ mode, text, message }) => {
    const path = await file(text, mode);
    await expect(readToken({ kind: 'file', path })).rejects.toThrow(message);
  });

  it('is not needed: a file that is gone, or none at all, is no error', async () => {
    expect(await readToken({ kind: 'file', path: join(folder, 'nowhere') })).toBeNull();
    expect(await readToken(null)).toBeNull();
  });

  it('says which variable names a file that cannot be read', async () => {
    const path = join(await file('x', 0o600), 'below');
    await expect(readToken({ kind: 'file', path })).rejects.toThrow('APOLLO_SPOKE_TOKEN_FILE');
  });
});
