import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ME } from '../testing/canned.js';
import { type Circumstances, run } from '../testing/cli-run.js';

const HUB = { 'GET /api/v1/me': { body: ME } };
const EXAMPLES = JSON.stringify({ 'sre-1': 'apollo_one', admin: 'apollo_two' });

describe('as whom apolloctl asks', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'apollo-account-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function put(path: string, text: string, mode = 0o600): Promise<void> {
    const file = join(folder, path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, text);
    await chmod(file, mode);
  }

  async function whoami(line: string, more: Circumstances = {}) {
    const ran = await run(`whoami ${line}`.trim(), { hub: HUB, directory: folder, ...more });
    const sent = ran.requests[0]?.headers.get('authorization') ?? undefined;
    return { ...ran, sent, err: ran.err.replaceAll(folder, 'HERE') };
  }

  it('is nobody in particular if nothing is said', async () => {
    expect(await whoami('', { env: { APOLLO_TOKEN: '' } })).toMatchObject({
      code: 0,
      sent: undefined,
    });
  });

  it.each([
    {
      name: 'the token itself',
      line: '',
      env: { APOLLO_TOKEN: 'apollo_env' },
      token: 'apollo_env',
    },
    { name: 'a file', line: '', env: { APOLLO_TOKEN_FILE: 'mine' }, token: 'apollo_file' },
    { name: 'a file as an option', line: '--token-file mine', env: {}, token: 'apollo_file' },
    {
      name: 'an option before the environment',
      line: '--token-file mine',
      env: { APOLLO_TOKEN: 'apollo_env' },
      token: 'apollo_file',
    },
    { name: 'an example account', line: '--as sre-1', env: {}, token: 'apollo_one' },
    {
      name: 'one from elsewhere',
      line: '--as admin',
      env: { APOLLO_HOME: 'other' },
      token: 'apollo_other',
    },
  ])('is whoever is said: $name', async ({ line, env, token }) => {
    await put('mine', 'apollo_file\n');
    await put('.apollo/tokens.json', EXAMPLES);
    await put('other/tokens.json', JSON.stringify({ admin: 'apollo_other' }));
    expect(await whoami(line, { env })).toMatchObject({ code: 0, sent: `Bearer ${token}` });
  });

  it('is an example account of the npm start that runs', async () => {
    await put('.apollo/tokens.json', EXAMPLES);
    await put('.apollo-simulated/tokens.json', JSON.stringify({ 'sre-1': 'apollo_simulated' }));
    expect((await whoami('--as sre-1')).sent).toBe('Bearer apollo_one');
    await put('.apollo-simulated/run/launcher.pid', '1');
    expect((await whoami('--as sre-1')).sent).toBe('Bearer apollo_simulated');
    await mkdir(join(folder, 'apps/cli'), { recursive: true });
    const below = { directory: join(folder, 'apps/cli') };
    expect((await whoami('--as sre-1', below)).sent).toBe('Bearer apollo_simulated');
  });

  it.each([
    {
      name: 'a file that is not there',
      line: '--token-file none',
      code: 2,
      says: 'HERE/none cannot',
    },
    { name: 'a folder', line: '--token-file .', code: 2, says: 'is no file' },
    {
      name: 'a file that others may read',
      line: '--token-file shared',
      code: 2,
      says: 'others than its owner may read or change HERE/shared; run chmod 600',
    },
    { name: 'an empty file', line: '--token-file empty', code: 3, says: 'holds no token' },
    { name: 'two lines', line: '--token-file two', code: 3, says: 'holds no token' },
    { name: 'a file of any size', line: '--token-file large', code: 2, says: '70000 bytes' },
    { name: 'two options', line: '--as sre-1 --token-file mine', code: 3, says: 'give one' },
    { name: 'no npm start', line: '--as sre-1', code: 2, says: 'run npm start' },
    {
      name: 'a hub elsewhere',
      line: '--as sre-1 --hub https://hub.test',
      code: 3,
      says: 'https://hub.test is elsewhere',
    },
    {
      name: 'a network that reads along',
      line: '--token-file mine --hub http://hub.test',
      code: 3,
      says: 'use https',
    },
    {
      name: 'a name that only looks like this machine',
      line: '--token-file mine --hub http://127.0.0.1.hub.test',
      code: 3,
      says: 'use https',
    },
  ])('is nobody with $name, and nothing is asked', async ({ line, code, says }) => {
    await put('mine', 'apollo_file\n');
    await put('shared', 'apollo_shared\n', 0o640);
    await put('empty', '\n');
    await put('two', 'apollo_a\napollo_b\n');
    await put('large', 'x'.repeat(70_000));
    const ran = await whoami(line);
    expect(ran).toMatchObject({ code, asked: [], err: expect.stringContaining(says) });
    expect(ran.err).not.toContain('apollo_');
  });

  it.each([
    { name: 'an account that there is not', text: EXAMPLES, mode: 0o600, says: 'sre-1, admin' },
    { name: 'others may read it', text: EXAMPLES, mode: 0o644, says: 'chmod 600' },
    { name: 'no JSON', text: '{"a": apollo_one', mode: 0o600, says: 'not the file of npm start' },
    { name: 'no object', text: '3', mode: 0o600, says: 'not the file of npm start' },
  ])('takes no example account from such a file: $name', async ({ text, mode, says }) => {
    await put('.apollo/tokens.json', text, mode);
    const ran = await whoami('--as toString');
    expect(ran.asked).toEqual([]);
    expect(ran.err).toContain(says);
    expect(ran.err).not.toContain('apollo_');
  });

  it('says two of the environment apart', async () => {
    const env = { APOLLO_TOKEN: 'apollo_env', APOLLO_TOKEN_FILE: 'mine' };
    expect(await whoami('', { env })).toMatchObject({ code: 3, asked: [] });
    expect(await whoami('', { env: { APOLLO_TOKEN: 'a b' } })).toMatchObject({
      code: 3,
      asked: [],
    });
  });
});
