import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import { readDockerfile } from './dockerfile.js';

const ROOT = join(import.meta.dirname, '..', '..');
const MOST_MS = 30 * 60_000;
/** What a build takes from the environment, where that has it. */
const ARGUMENTS = ['BASE_IMAGE', 'GO_IMAGE', 'NPM_CONFIG_REGISTRY', 'GOPROXY'];

/** Whether Docker ends well with it, and soon. */
function docker(...args: readonly string[]): boolean {
  return spawnSync('docker', args, { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

/** The images that those of hub and spoke are made of, and that of the database beside them. */
function bases(): readonly string[] {
  const source = readFileSync(join(ROOT, 'docker', 'spoke.Dockerfile'), 'utf8');
  const { args } = readDockerfile(source);
  const initial: Readonly<Record<string, string>> = { ...args, POSTGRES_IMAGE: 'postgres:18' };
  return Object.entries(initial).map(([name, image]) => process.env[name] ?? image);
}

/** Whether images can be built and run here with nothing pulled. */
const can =
  docker('info') && docker('compose', 'version') && docker('image', 'inspect', ...bases());
const compose = docker('compose', 'version') ? it : it.skip;

(can ? it : it.skip)(
  'the images of hub and spoke are built, run, and end as they should',
  async () => {
    const options = ARGUMENTS.flatMap((name) => ['--build-arg', name]);
    const check = spawn(process.execPath, ['tools/docker-check.mjs', ...options], { cwd: ROOT });
    const [out, err, [code]] = await Promise.all([
      text(check.stdout),
      text(check.stderr),
      once(check, 'close') as Promise<[number | null]>,
    ]);
    expect({ code, said: `${out}\n${err}` }).toMatchObject({
      ...{ code: 0, said: expect.stringContaining('the images are well') },
    });
  },
  MOST_MS,
);

compose('the compose file is one that Compose reads', () => {
  const env = { ...process.env, POSTGRES_PASSWORD: 'made-by-a-test', HUB_SECRETS: './secrets' };
  const args = ['compose', '-f', 'docker/compose.yaml', '--profile', 'all', 'config', '--quiet'];
  const read = spawnSync('docker', args, { cwd: ROOT, env, encoding: 'utf8' });
  expect({ code: read.status, said: read.stderr }).toEqual({ code: 0, said: '' });
});
