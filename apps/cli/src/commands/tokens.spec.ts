import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aProblem, run } from '../testing/cli-run.js';

const TOKEN = {
  ...{ id: 't-1', name: 'ci', owner: 'ann', scopes: ['view', 'deploy'] },
  ...{ createdBy: 'ann', createdAt: '2026-03-01T12:00:00.000Z' },
  expiresAt: '2026-05-30T12:00:00.000Z',
};
const NEW = { status: 201, body: { ...TOKEN, token: 'apollo_new' } };
const MAKE = 'POST /api/v1/tokens';
const LINE = 'tokens create ci --scopes view,deploy --expires 90d';

describe('apolloctl tokens', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'apollo-tokens-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('lists those of one person', async () => {
    const revoked = { ...TOKEN, environments: ['dev'], revokedAt: '2026-03-01T11:00:00.000Z' };
    const hub = { 'GET /api/v1/people/ann/tokens': { body: { items: [revoked] } } };
    expect((await run('tokens --of ann', { hub })).out.split('\n')).toEqual([
      'ID    NAME   OWNER   SCOPES         WHERE   EXPIRES                LAST USED   REVOKED',
      't-1   ci     ann     view, deploy   dev     2026-05-30T12:00:00Z   -           2026-03-01T11:00:00Z',
    ]);
  });

  it('shows a new one alone, for whoever takes it from there', async () => {
    const ran = await run(LINE, { hub: { [MAKE]: NEW } });
    expect(ran).toMatchObject({
      ...{ code: 0, out: 'apollo_new' },
      err: 'token t-1 of ann, until 2026-05-30T12:00:00Z; it is shown this once',
    });
    expect(ran.requests[0]?.body).toEqual({
      ...{ name: 'ci', scopes: ['view', 'deploy'], expiresAt: '2026-05-30T12:00:00.000Z' },
    });
  });

  it.each(['', ' -o json'])('keeps a new one where only its owner can read it%s', async (form) => {
    const hub = { 'POST /api/v1/people/bot/tokens': NEW };
    const ran = await run(`${LINE} --of bot --write t${form}`, { hub, directory: folder });
    expect(ran.code).toBe(0);
    expect(ran.out + ran.err).not.toContain('apollo_new');
    expect(await readFile(join(folder, 't'), 'utf8')).toBe('apollo_new\n');
    expect((await stat(join(folder, 't'))).mode & 0o777).toBe(0o600);
  });

  it('makes none if there is no place for it', async () => {
    await writeFile(join(folder, 't'), 'mine');
    const ran = await run(`${LINE} --write t`, { hub: { [MAKE]: NEW }, directory: folder });
    expect(ran).toMatchObject({ code: 2, asked: [] });
    expect(await readFile(join(folder, 't'), 'utf8')).toBe('mine');
  });

  it('leaves no file behind if none is made', async () => {
    const hub = { [MAKE]: aProblem(409, 'token/too_many') };
    const ran = await run(`${LINE} --write t`, { hub, directory: folder });
    expect(ran.code).toBe(1);
    expect(existsSync(join(folder, 't'))).toBe(false);
  });

  it.each([
    { line: 'tokens revoke t-1', path: 'DELETE /api/v1/tokens/t-1' },
    { line: 'tokens revoke t-1 --of bot', path: 'DELETE /api/v1/people/bot/tokens/t-1' },
  ])('revokes: $line', async ({ line, path }) => {
    const ran = await run(line, { hub: { [path]: { status: 204 } } });
    expect(ran).toMatchObject({ code: 0, asked: [path], out: 'revoked: t-1' });
  });
});
