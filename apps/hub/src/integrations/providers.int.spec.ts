import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { BackupRequest, Context } from '@apollo-deploy/orchestration';
import { type Reply, says, StandIn } from '../testing/stand-in.js';
import { VirtualTime } from '../testing/spokes/virtual-time.js';
import { OPEN_MS, OPENS_AFTER } from './circuit.js';
import { outsideProviders } from './outside-providers.js';

const CONTEXT = {} as Context;
const REQUEST: BackupRequest = {
  ...{ entity: 'aria-prod', releaseDigest: 'head', status: 'requested', by: 'CHRONOS' },
  ...{ at: '2026-01-05T09:00:00.000Z', covers: '', service: 'aria', environment: 'prod' },
};

let other: StandIn;
let time: VirtualTime;
beforeEach(async () => {
  other = await StandIn.start();
  time = new VirtualTime();
});
afterEach(() => other.stop());

const providers = () =>
  outsideProviders(
    { chronos: other.url, panoptes: other.url, hades: other.url },
    { clock: time, timer: time },
  );

describe('CHRONOS', () => {
  const take = (backups = providers().backups) => backups?.take(CONTEXT, REQUEST);

  it('is asked exactly as it wants to be', async () => {
    expect(await take()).toEqual({ ok: true, value: {} });
    expect(other.heard).toMatchObject([
      {
        method: 'POST',
        path: '/backup',
        text: '{"service":"aria","reason":"pre-deployment"}',
      },
    ]);
  });

  it('is asked under one key for one backup, however often, and under another for another', async () => {
    const { backups } = providers();
    const later = '2026-01-05T09:10:00.000Z';
    await backups?.take(CONTEXT, REQUEST);
    await backups?.take(CONTEXT, { ...REQUEST, asked: 2, askedAt: later });
    await backups?.take(CONTEXT, { ...REQUEST, at: later });
    const [first, again, next] = other.heard.map(({ headers }) => headers['idempotency-key']);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(again).toBe(first);
    expect(next).not.toBe(first);
  });

  it.each<{ name: string; reply: Reply; detail: string }>([
    {
      name: 'that it failed',
      reply: says(500, 'no disk'),
      detail: 'CHRONOS answered 500: no disk',
    },
    { name: 'that it will', reply: says(202), detail: 'CHRONOS answered 202 and nothing else' },
    {
      name: 'that it knows no such service',
      reply: says(404, 'x'),
      detail: 'CHRONOS answered 404: x',
    },
    {
      name: 'nothing, as it broke off',
      reply: (response) => void response.destroy(),
      detail: 'CHRONOS did not answer POST /backup: socket hang up',
    },
  ])('has made none where it answers $name, and is not asked again', async ({ reply, detail }) => {
    other.reply = reply;
    expect(await take()).toEqual({ ok: false, error: { detail } });
    expect(other.heard).toHaveLength(1);
  });

  it('is given half a minute', async () => {
    other.reply = () => undefined;
    const taken = take();
    await other.hears(1);
    time.advance(30_000);
    expect(await taken).toMatchObject({
      error: { detail: 'CHRONOS did not answer POST /backup: no whole answer within 30 s' },
    });
  });

  it('is asked for others, however often it fails for one', async () => {
    const { backups } = providers();
    other.reply = says(500, 'no disk');
    for (let count = 0; count <= OPENS_AFTER; count += 1) {
      expect(await take(backups)).toMatchObject({
        error: { detail: 'CHRONOS answered 500: no disk' },
      });
    }
    expect(other.heard).toHaveLength(OPENS_AFTER + 1);
  });

  it('is not asked for a moment after it did not answer again and again, and then once', async () => {
    const { backups } = providers();
    other.reply = () => undefined;
    for (let count = 1; count <= OPENS_AFTER; count += 1) {
      const taken = take(backups);
      await other.hears(count);
      time.advance(30_000);
      await taken;
    }
    expect(await take(backups)).toMatchObject({
      ok: false,
      error: { detail: expect.stringContaining('ask again in half a minute') },
    });
    expect(other.heard).toHaveLength(OPENS_AFTER);
    time.advance(OPEN_MS);
    other.reply = says(200);
    expect(await take(backups)).toMatchObject({ ok: true });
    expect(await take(backups)).toMatchObject({ ok: true });
    expect(other.heard).toHaveLength(OPENS_AFTER + 2);
  });
});

describe('PANOPTES', () => {
  const look = () => providers().health?.look('aria', 'prod');

  it('is asked exactly as it wants to be', async () => {
    other.reply = says(200, { healthy: true });
    expect(await look()).toEqual({ healthy: true, detail: 'PANOPTES calls it healthy' });
    expect(other.heard).toMatchObject([
      { method: 'GET', path: '/health/aria?environment=prod', text: '' },
    ]);
  });

  it.each<{ name: string; reply: Reply }>([
    { name: 'false', reply: says(200, { healthy: false }) },
    { name: 'false, as with an error', reply: says(503, { healthy: false, why: 'no disk' }) },
  ])('calls a service ill by $name, and is quoted', async ({ reply }) => {
    other.reply = reply;
    expect(await look()).toMatchObject({
      ...{ healthy: false, detail: expect.stringMatching(/^PANOPTES answered (200|503): /) },
    });
  });

  it.each<{ name: string; reply: Reply }>([
    { name: 'the word true', reply: says(200, { healthy: 'true' }) },
    { name: 'one', reply: says(200, { healthy: 1 }) },
    { name: 'nothing of it', reply: says(200, { status: 'ok' }) },
    { name: 'true, of a request that failed', reply: says(500, { healthy: true }) },
    { name: 'that it knows no such service', reply: says(404, 'no such service') },
    { name: 'a list', reply: says(200, [{ healthy: true }]) },
    { name: 'null', reply: says(200, 'null') },
    { name: 'a page', reply: says(200, '<html>healthy: true</html>') },
    { name: 'nothing', reply: says(200) },
    { name: 'more than is read', reply: says(200, `{"healthy":true,"a":"${'x'.repeat(70_000)}"}`) },
  ])('says neither by $name, as if it had not answered, and is quoted', async ({ reply }) => {
    other.reply = reply;
    const said = await look()?.catch((error: unknown) => error as Error);
    expect(said).toMatchObject({
      ...{ name: 'ReceiverUnavailable', retryable: true },
      message: expect.stringMatching(/^PANOPTES answered .*, which does not say how aria does$/),
    });
    expect(said && 'message' in said ? said.message.length : 0).toBeLessThan(270);
  });

  it('is asked of one service however often it has failed for another', async () => {
    const { health } = providers();
    other.reply = says(500, 'no such check');
    for (let count = 0; count < OPENS_AFTER; count += 1) {
      await expect(health?.look('ill', 'prod')).rejects.toMatchObject({ retryable: true });
    }
    other.reply = says(200, { healthy: true });
    expect(await health?.look('aria', 'prod')).toMatchObject({ healthy: true });
  });

  it('is away where it does not answer within ten seconds', async () => {
    other.reply = () => undefined;
    const gone = look()?.catch((error: unknown) => error);
    await other.hears(1);
    time.advance(10_000);
    expect(await gone).toMatchObject({ name: 'ReceiverUnavailable', retryable: true });
  });
});

describe('HADES', () => {
  const ask = (reason?: string) =>
    providers().rollbacks?.rollBack({
      ...{ id: 'deploy-1', service: 'aria', targetVersion: '1.0.0' },
      ...(reason !== undefined && { reason }),
    });

  it.each([
    { name: 'a reason', reason: 'Deployment broke login', expected: '"Deployment broke login"' },
    { name: 'no reason', reason: undefined, expected: 'null' },
  ])('is asked exactly as it wants to be, with $name', async ({ reason, expected }) => {
    expect(await ask(reason)).toEqual({ ok: true, value: undefined });
    expect(other.heard).toMatchObject([
      {
        ...{ method: 'POST', path: '/rollback' },
        text: `{"service":"aria","target_version":"1.0.0","reason":${expected}}`,
        headers: { 'idempotency-key': 'deploy-1' },
      },
    ]);
  });

  it.each<{ name: string; reply: Reply; expected: object }>([
    {
      name: 'that it failed',
      reply: says(500, 'no'),
      expected: { outcome: 'refused', detail: 'it answered 500: no' },
    },
    {
      name: 'that it will',
      reply: says(202),
      expected: { outcome: 'unknown', detail: 'it answered 202 and nothing else' },
    },
    {
      name: 'what stands before it, that it takes long',
      reply: says(504, 'timeout'),
      expected: { outcome: 'unknown', detail: 'it answered 504: timeout' },
    },
    {
      name: 'nothing, as it breaks off',
      reply: (response) => void response.destroy(),
      expected: {
        outcome: 'unknown',
        detail: 'HADES did not answer POST /rollback: socket hang up',
      },
    },
  ])('is asked once, whatever it answers: $name', async ({ reply, expected }) => {
    other.reply = reply;
    expect(await ask()).toEqual({ ok: false, error: expected });
    expect(other.heard).toHaveLength(1);
  });

  it('has done nothing where nobody is at its address, nor where it is not asked for that', async () => {
    const { rollbacks } = providers();
    await other.stop();
    const request = { id: 'deploy-1', service: 'aria', targetVersion: '1.0.0' };
    for (let asked = 1; asked <= OPENS_AFTER + 1; asked += 1) {
      const why = asked <= OPENS_AFTER ? 'ECONNREFUSED' : 'is not asked for a moment';
      expect(await rollbacks?.rollBack(request)).toEqual({
        ok: false,
        error: { outcome: 'refused', detail: expect.stringContaining(why) },
      });
    }
  });

  it('is given half a minute, and then nobody knows', async () => {
    other.reply = () => undefined;
    const asked = ask();
    await other.hears(1);
    time.advance(30_000);
    expect(await asked).toMatchObject({ error: { outcome: 'unknown' } });
  });
});
