import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aProblem, run } from '../testing/cli-run.js';

const ALL = '/api/v1/webhooks';
const HOOK = {
  ...{ id: 'w-1', name: 'chat', kind: 'standard', url: 'https://chat.example/in' },
  ...{ on: true, createdBy: 'ann', createdAt: '2026-03-01T12:00:00.000Z', version: 3 },
};
const LIMITS = {
  ...{ events: ['plan.failed', 'hold.placed'], environments: ['prod'], products: ['aria'] },
};
const OFF = {
  ...{ ...HOOK, ...LIMITS, id: 'w-2', name: 'pager', kind: 'slack', version: 5 },
  ...{ url: 'https://hooks.example', on: false, offReason: 'ann switched it off' },
};
const LIST = { body: { items: [HOOK, OFF] } };
const TOLD = {
  chat: 'webhook chat (w-1), standard, at https://chat.example/in',
  pager: 'webhook pager (w-2), slack, at https://hooks.example',
};
/** A hub that has both, and takes whatever is to become of them. */
const HUB = {
  [`GET ${ALL}`]: LIST,
  [`PUT ${ALL}/w-1`]: { body: { ...HOOK, version: 4 } },
  [`PUT ${ALL}/w-2`]: { body: { ...OFF, version: 6 } },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'apollo-webhooks-'));
  await writeFile(join(folder, 'u'), 'https://hooks.example/T0/B0/x\n', { mode: 0o600 });
});
afterEach(() => rm(folder, { recursive: true }));

describe('apolloctl webhooks', () => {
  it.each([
    {
      line: 'disable chat',
      path: `PUT ${ALL}/w-1`,
      body: { on: false },
      seen: '"3"',
      out: `off: ${TOLD.chat}`,
    },
    {
      line: 'enable w-2',
      path: `PUT ${ALL}/w-2`,
      body: { ...LIMITS, on: true },
      seen: '"5"',
      out: `on: ${TOLD.pager}`,
    },
  ])('$line leaves it told of what it is', async ({ line, path, body, seen, out }) => {
    const ran = await run(`webhooks ${line}`, { hub: HUB });
    expect(ran).toMatchObject({ code: 0, out, err: '', asked: [`GET ${ALL}`, path] });
    expect(ran.requests[1]?.body).toEqual(body);
    expect(ran.requests[1]?.headers.get('if-match')).toBe(seen);
  });

  it('says that it has changed meanwhile', async () => {
    const detail = 'webhook w-1 is not as you saw it any more; read it again';
    const hub = {
      ...HUB,
      [`PUT ${ALL}/w-1`]: aProblem(412, 'catalog/version_conflict', { detail }),
    };
    const ran = await run('webhooks disable chat', { hub });
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining(detail) });
  });
});

describe('apolloctl webhooks change', () => {
  it.each([
    {
      name: 'another limit, and leaves the others',
      line: 'change pager --environments prod,staging',
      body: { ...LIMITS, environments: ['prod', 'staging'], on: false },
    },
    {
      name: 'no limit where it had two',
      line: 'change pager --all events,products',
      body: { environments: ['prod'], on: false },
    },
    {
      name: 'a secret address',
      line: 'change pager --url-file u',
      body: { ...LIMITS, on: false, url: 'https://hooks.example/T0/B0/x' },
    },
    {
      name: 'another address and a limit',
      line: 'change chat --url https://chat.example/two --products aria',
      body: { products: ['aria'], on: true, url: 'https://chat.example/two' },
    },
  ])('gives it $name', async ({ line, body }) => {
    const ran = await run(`webhooks ${line}`, { hub: HUB, directory: folder });
    const name = line.includes('pager') ? 'pager' : 'chat';
    expect(ran).toMatchObject({ code: 0, out: `changed: ${TOLD[name]}`, err: '' });
    expect(ran.requests[1]?.body).toEqual(body);
    expect(ran.requests[1]?.headers.get('if-match')).toBe(name === 'pager' ? '"5"' : '"3"');
  });

  it.each([
    { name: 'nothing to change', line: 'change chat', why: 'say what is to be changed: --url,' },
    {
      name: 'a limit that there is not',
      line: 'change chat --all tiers',
      why: '--all takes events, environments, products, by commas',
    },
    {
      name: 'a limit and none',
      line: 'change chat --events plan.failed --all events',
      why: 'say --events, or events with --all, and not both',
    },
  ])('asks for nothing with $name', async ({ line, why }) => {
    const ran = await run(`webhooks ${line}`);
    expect(ran).toMatchObject({ code: 3, asked: [], err: expect.stringContaining(why) });
  });

  it.each([
    { name: 'the address of Slack', line: 'change pager --url https://hooks.example/T0' },
    { name: 'two addresses', line: 'change chat --url https://chat.example --url-file u' },
  ])('changes nothing with $name on the command line', async ({ line }) => {
    const ran = await run(`webhooks ${line}`, { hub: HUB, directory: folder });
    expect(ran).toMatchObject({ code: 3, asked: [`GET ${ALL}`] });
  });
});
