import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aProblem, run } from '../testing/cli-run.js';

const ALL = '/api/v1/webhooks';
const HOOK = {
  ...{ id: 'w-1', name: 'chat', kind: 'standard', url: 'https://chat.example/in' },
  ...{ on: true, createdBy: 'ann', createdAt: '2026-03-01T12:00:00.000Z', version: 3 },
};
const OFF = {
  ...{ ...HOOK, id: 'w-2', name: 'pager', kind: 'slack', url: 'https://hooks.example' },
  ...{ events: ['plan.failed', 'hold.placed'], environments: ['prod'], products: ['aria'] },
  ...{ on: false, offReason: 'the receiver said that it is gone (410)' },
};
const LIST = { body: { items: [HOOK, OFF] } };
const NEW = { status: 201, body: { ...HOOK, secret: 'whsec_new' } };
const TOLD = 'webhook chat (w-1), standard, at https://chat.example/in';
const CREATE = 'webhooks create chat https://chat.example/in';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'apollo-webhooks-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('apolloctl webhooks', () => {
  it('lists them, with what they are told of and why one is off', async () => {
    const ran = await run('webhooks', { hub: { [`GET ${ALL}`]: LIST } });
    expect(ran.out.split('\n')).toEqual([
      'ID    NAME    KIND       EVENTS                     ABOUT         STATE                                          URL',
      'w-1   chat    standard   all                        everything    on                                             https://chat.example/in',
      'w-2   pager   slack      plan.failed, hold.placed   prod · aria   off: the receiver said that it is gone (410)   https://hooks.example',
    ]);
  });

  it('says of a word that is no command what there is', async () => {
    expect(await run('webhooks add')).toMatchObject({
      code: 3,
      err: expect.stringContaining(
        'webhooks has list, create, change, disable, enable, test, rotate-secret, delete',
      ),
    });
  });
});

describe('apolloctl webhooks create', () => {
  it('shows the secret alone, this once', async () => {
    const limits = '--events plan.failed,hold.placed --environments prod --products aria';
    const ran = await run(`${CREATE} ${limits}`, { hub: { [`POST ${ALL}`]: NEW } });
    expect(ran).toMatchObject({
      ...{ code: 0, out: 'whsec_new', err: `secret of ${TOLD}; it is shown this once` },
    });
    expect(ran.requests[0]?.body).toEqual({
      ...{ name: 'chat', kind: 'standard', url: 'https://chat.example/in' },
      ...{ events: ['plan.failed', 'hold.placed'], environments: ['prod'], products: ['aria'] },
    });
  });

  it('prints the answer as it is as JSON, and says that it is shown once', async () => {
    const ran = await run(`${CREATE} -o json`, { hub: { [`POST ${ALL}`]: NEW } });
    expect(JSON.parse(ran.out)).toEqual(NEW.body);
    expect(ran.err).toContain('it is shown this once');
  });

  it.each(['', ' -o json'])('keeps the secret where only its owner reads it%s', async (form) => {
    const hub = { [`POST ${ALL}`]: NEW };
    const ran = await run(`${CREATE} --write s${form}`, { hub, directory: folder });
    expect(ran.code).toBe(0);
    expect(ran.out + ran.err).not.toContain('whsec_new');
    expect(await readFile(join(folder, 's'), 'utf8')).toBe('whsec_new\n');
    expect((await stat(join(folder, 's'))).mode & 0o777).toBe(0o600);
  });

  it('takes the address of Slack from a file, and has no secret to show', async () => {
    await writeFile(join(folder, 'u'), 'https://hooks.example/T0/B0/x\n', { mode: 0o600 });
    const { name, kind } = OFF;
    const hub = { [`POST ${ALL}`]: { status: 201, body: { ...OFF, on: true } } };
    const line = `webhooks create ${name} --kind ${kind} --url-file u`;
    const ran = await run(line, { hub, directory: folder });
    expect(ran).toMatchObject({
      ...{ code: 0, out: 'made: webhook pager (w-2), slack, at https://hooks.example', err: '' },
    });
    expect(ran.requests[0]?.body).toEqual({ name, kind, url: 'https://hooks.example/T0/B0/x' });
  });

  it.each([
    { name: 'no address', line: 'webhooks create chat', why: 'a URL or --url-file, and not both' },
    { name: 'two addresses', line: `${CREATE} --url-file u`, why: 'and not both' },
    {
      name: 'the address of Slack on the command line',
      line: 'webhooks create pager https://hooks.example/T0 --kind slack',
      why: 'the address of Slack is a secret',
    },
    { name: 'a kind that there is not', line: `${CREATE} --kind mail`, why: 'standard, slack' },
  ])('asks for nothing with $name', async ({ line, why }) => {
    const ran = await run(line, { directory: folder });
    expect(ran).toMatchObject({ code: 3, asked: [], err: expect.stringContaining(why) });
  });

  it('says what the hub has against an address', async () => {
    const detail = 'url: 10.0.0.1 is no public address';
    const hub = { [`POST ${ALL}`]: aProblem(400, 'catalog/invalid_field', { detail }) };
    expect(await run(CREATE, { hub })).toMatchObject({
      code: 1,
      err: expect.stringContaining(detail),
    });
  });
});

describe('apolloctl webhooks test', () => {
  const PATH = `POST ${ALL}/w-1/test`;

  it.each(['chat', 'w-1'])('finds the webhook by %s, and says what it answered', async (word) => {
    const hub = { [`GET ${ALL}`]: LIST, [PATH]: { body: { delivered: true, status: 204 } } };
    const ran = await run(`webhooks test ${word}`, { hub });
    expect(ran).toMatchObject({ code: 0, out: 'delivered: chat answered 204' });
    expect(ran.asked).toEqual([`GET ${ALL}`, PATH]);
  });

  it('fails with why it was not taken', async () => {
    const body = { delivered: false, detail: 'chat.example answered 500' };
    const hub = { [`GET ${ALL}`]: LIST, [PATH]: { body } };
    const ran = await run('webhooks test chat', { hub });
    expect(ran).toMatchObject({ code: 1, out: 'not delivered to chat' });
    expect(ran.err).toContain('chat.example answered 500');
    const json = await run('webhooks test chat -o json', { hub });
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toEqual(body);
  });

  it('says that there is no such webhook', async () => {
    const ran = await run('webhooks test nobody', { hub: { [`GET ${ALL}`]: LIST } });
    expect(ran).toMatchObject({
      ...{ code: 1, asked: [`GET ${ALL}`] },
      err: expect.stringContaining('there is no webhook nobody; apolloctl webhooks lists'),
    });
  });
});

describe('apolloctl webhooks rotate-secret', () => {
  const PATH = `POST ${ALL}/w-1/secret`;
  const body = { ...NEW.body, version: 4, formerSecretUntil: '2026-03-01T14:00:00.000Z' };
  const hub = { [`GET ${ALL}`]: LIST, [PATH]: { body } };

  it('shows the new one, and until when the former one counts', async () => {
    const ran = await run('webhooks rotate-secret chat --overlap-hours 2', { hub });
    expect(ran).toMatchObject({
      ...{ code: 0, out: 'whsec_new' },
      err: `secret of ${TOLD}, by the former one as well until 2026-03-01T14:00:00Z; it is shown this once`,
    });
    const [, sent] = ran.requests;
    expect(sent?.body).toEqual({ overlapHours: 2 });
    expect(sent?.headers.get('if-match')).toBe('"3"');
  });

  it('keeps it in a file', async () => {
    const ran = await run('webhooks rotate-secret w-1 --write s', { hub, directory: folder });
    expect(ran.out + ran.err).not.toContain('whsec_new');
    expect(ran.requests[1]?.body).toEqual({});
    expect(await readFile(join(folder, 's'), 'utf8')).toBe('whsec_new\n');
  });
});

describe('apolloctl webhooks delete', () => {
  it('deletes the one that was seen', async () => {
    const hub = { [`GET ${ALL}`]: LIST, [`DELETE ${ALL}/w-1`]: { status: 204 } };
    const ran = await run('webhooks delete chat', { hub });
    expect(ran).toMatchObject({ code: 0, out: `deleted: ${TOLD}` });
    expect(ran.requests[1]?.headers.get('if-match')).toBe('"3"');
  });
});
