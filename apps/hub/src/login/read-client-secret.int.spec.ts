import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { must } from '@apollo-deploy/orchestration/testing';
import { type HubConfig, readHubConfig } from '../config/hub-config.js';
import { ClientSecretRefused, withClientSecret } from './read-client-secret.js';

const SECRET = 'correct-horse-battery';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'apollo-secret-'));
});
afterEach(() => rm(folder, { recursive: true }));

const configWith = (settings: Readonly<Record<string, string>>): HubConfig =>
  must(
    readHubConfig(
      {
        APOLLO_OIDC_ISSUER: 'https://id.example',
        APOLLO_OIDC_CLIENT_ID: 'apollo',
        APOLLO_PUBLIC_URL: 'https://apollo.example',
        ...settings,
      },
      folder,
    ),
  );

async function read(content: string, mode = 0o600): Promise<HubConfig> {
  const path = join(folder, 'secret');
  await writeFile(path, content);
  await chmod(path, mode);
  return withClientSecret(configWith({ APOLLO_OIDC_CLIENT_SECRET_FILE: 'secret' }));
}

describe('the secret of the client in a file', () => {
  it('is read without the blanks around it', async () => {
    expect((await read(`  ${SECRET}\n`)).oidc).toMatchObject({ clientSecret: SECRET });
  });

  it('is of no matter where there is none', async () => {
    const config = configWith({});
    expect(await withClientSecret(config)).toBe(config);
  });

  it.each<{ name: string; content: string; mode?: number; says: string }>([
    { name: 'that others may read', content: SECRET, mode: 0o640, says: 'chmod 600' },
    { name: 'that everybody may write', content: SECRET, mode: 0o602, says: 'chmod 600' },
    { name: 'that is empty', content: '', says: '8 to 512 characters' },
    { name: 'with too short a secret', content: 'secret', says: '8 to 512 characters' },
    { name: 'with two words', content: 'correct horse', says: '8 to 512 characters' },
    { name: 'with far too much', content: 'x'.repeat(5_000), says: '8 to 512 characters' },
  ])('is refused in one $name, without being shown', async ({ content, mode, says }) => {
    const failure: unknown = await read(content, mode).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ClientSecretRefused);
    const { message } = failure as ClientSecretRefused;
    expect(message).toContain('APOLLO_OIDC_CLIENT_SECRET_FILE');
    expect(message).toContain(says);
    expect(message).not.toContain(SECRET);
  });

  it.each([
    { name: 'is not there', path: 'nowhere', says: 'cannot be read' },
    { name: 'is a folder', path: '.', says: 'no file' },
  ])('is refused where it $name', async ({ path, says }) => {
    const config = configWith({ APOLLO_OIDC_CLIENT_SECRET_FILE: path });
    await expect(withClientSecret(config)).rejects.toThrow(says);
  });
});
