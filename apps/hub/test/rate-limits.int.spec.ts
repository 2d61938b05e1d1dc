import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SPOKE_SOCKET_PATH, SPOKE_SUBPROTOCOL } from '@apollo-deploy/protocol';
import type { HubConfig } from '../src/config/hub-config.js';
import { UlidIds } from '../src/platform/ulid-ids.js';
import { anAccount } from '../src/testing/account.js';
import { type Answer, TestHub } from '../src/testing/test-hub.js';
import { expectRefused } from '../src/testing/unharmed-hub.js';

const LIMITS = { perPrincipal: 1, perAddress: 2, perDoor: 1 };
const WRONG = { authorization: 'Bearer wrong' };

let hub: TestHub;
afterEach(() => hub.stop());

async function start(settings: Partial<HubConfig> = {}): Promise<void> {
  hub = await TestHub.start({ login: 'required', limits: LIMITS, ...settings });
}

const account = (name: string) => {
  const { store, clock } = hub;
  const context = { store, clock, ids: new UlidIds(), startedAt: clock.now() };
  return anAccount(context, name, { roles: ['viewer'] });
};

/** The statuses of so many answers, and how many of each. */
async function statuses(count: number, once: () => Promise<Answer>): Promise<object> {
  const seen: Record<number, number> = {};
  for (let each = 0; each < count; each += 1) {
    const { status } = await once();
    seen[status] = (seen[status] ?? 0) + 1;
  }
  return seen;
}

/** The status that answers the beginning of a connection of a spoke. */
async function dial(token: string): Promise<number> {
  const socket = connect(Number(new URL(hub.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    [
      `GET ${SPOKE_SOCKET_PATH} HTTP/1.1`,
      'Host: 127.0.0.1',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      `Sec-WebSocket-Protocol: ${SPOKE_SUBPROTOCOL}`,
      `Authorization: Bearer ${token}`,
      '\r\n',
    ].join('\r\n'),
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer.toString())?.[1]);
}

describe('a hub that is asked too often', () => {
  it('refuses who shows nothing, says when to come again, and stays well', async () => {
    await start();
    // Each of them is a 401 and counts for ten.
    await statuses(2, () => hub.get('/api/v1/plans'));
    const answer = await hub.get('/api/v1/plans');
    expectRefused(answer, 429, { code: 'http/too_many_requests' });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await statuses(50, () => hub.get('/healthz'))).toEqual({ 200: 50 });
    expect((await hub.get('/health')).body).toMatchObject({ rateLimited: 1 });
  });

  it('refuses a principal who asks too often, and no other at the same address', async () => {
    await start();
    const [ann, bob] = [await account('ann'), await account('bob')];
    expect(await statuses(11, () => hub.get('/api/v1/plans', ann))).toEqual({ 200: 10, 429: 1 });
    expect(await statuses(5, () => hub.get('/api/v1/plans', bob))).toEqual({ 200: 5 });
  });

  it('refuses who asks too often for what nobody needs credentials for', async () => {
    await start();
    const ann = await account('ann');
    expect(await statuses(1, () => hub.get('/api/v1/plans', ann))).toEqual({ 200: 1 });
    const headers = { ...ann, 'content-type': 'application/json' };
    const unread = () => hub.send('POST', '/api/v1/products', { headers, body: '{' });
    expect(await statuses(3, unread)).toEqual({ 400: 3 });
    expect(await statuses(10, () => hub.get('/api/v1/nowhere', ann))).toEqual({ 404: 6, 429: 4 });
    expect(await statuses(3, unread)).toEqual({ 429: 3 });
  });

  it('serves who has good credentials at an address that others flood without', async () => {
    await start();
    const ann = await account('ann');
    expect(await statuses(3, () => hub.get('/api/v1/plans'))).toEqual({ 401: 2, 429: 1 });
    expect(await statuses(3, () => hub.get('/api/v1/plans', ann))).toEqual({ 200: 3 });
    expect(await statuses(3, () => hub.get('/api/v1/plans', WRONG))).toEqual({ 401: 2, 429: 1 });
    expect(await statuses(3, () => hub.get('/api/v1/plans', ann))).toEqual({ 200: 3 });
  });

  it('lets a token be revoked while whoever has stolen it asks too often', async () => {
    await start();
    const ann = await account('ann');
    const wanted = { name: 'ci', scopes: ['view'], expiresAt: '2026-03-01T13:00:00Z' };
    const { body } = await hub.post('/api/v1/tokens', wanted, ann);
    const stolen = { authorization: `Bearer ${String(body['token'])}` };
    const asked = await statuses(11, () => hub.get('/api/v1/plans', stolen));
    expect(asked).toEqual({ 200: 10, 429: 1 });
    const revoke = () =>
      hub.send('DELETE', `/api/v1/tokens/${String(body['id'])}`, { headers: ann });
    expect(await statuses(1, revoke)).toEqual({ 204: 1 });
    hub.clock.advance(1_000);
    expect(await statuses(1, () => hub.get('/api/v1/plans', stolen))).toEqual({ 401: 1 });
  });

  it('does not even look at credentials that came with too many wrong ones', async () => {
    await start();
    const ann = await account('ann');
    expect(await statuses(3, () => hub.get('/api/v1/plans', WRONG))).toEqual({ 401: 2, 429: 1 });
    expect(await statuses(1, () => hub.get('/api/v1/plans', ann))).toEqual({ 429: 1 });
  });

  it('holds it against nobody that they ask for a login with a good token', async () => {
    await start();
    const ann = await account('ann');
    expect(await statuses(9, () => hub.get('/api/v1/session', ann))).toEqual({ 404: 9 });
    expect(await statuses(1, () => hub.get('/api/v1/plans', ann))).toEqual({ 200: 1 });
    // Nor against others at the same address, whose credentials are not known yet.
    const bob = await account('bob');
    expect(await statuses(1, () => hub.get('/api/v1/plans', bob))).toEqual({ 200: 1 });
  });

  it('holds it against who asks for a login with wrong credentials', async () => {
    await start();
    const asked = await statuses(3, () => hub.get('/api/v1/session', WRONG));
    expect(asked).toEqual({ 401: 2, 429: 1 });
  });

  it.each([
    { name: 'to log in', method: 'GET', path: '/auth/login', status: 400 },
    { name: 'to join', method: 'POST', path: '/spoke/join', status: 400 },
    { name: 'in another spelling', method: 'GET', path: '/AUTH/login/', status: 400 },
  ])('lets strangers fail once at once $name', async ({ method, path, status }) => {
    await start();
    const knock = () => hub.send(method, path, { body: method === 'GET' ? undefined : {} });
    expect(await statuses(3, knock)).toEqual({ [status]: 1, 429: 2 });
  });

  it('begins no connection after ten that came to nothing', async () => {
    await start();
    const answers = await Promise.all(Array.from({ length: 40 }, () => dial('nonsense')));
    const count = (status: number): number => answers.filter((each) => each === status).length;
    expect([count(401), count(429)]).toEqual([10, 30]);
    expect((await hub.get('/healthz')).status).toBe(200);
  });

  it('takes nobody’s word for another address', async () => {
    await start();
    let each = 0;
    const claimed = () =>
      hub.get('/api/v1/plans', { 'x-forwarded-for': `198.51.100.${String((each += 1))}` });
    expect(await statuses(10, claimed)).toEqual({ 401: 2, 429: 8 });
  });

  it('tells clients of a trusted proxy apart', async () => {
    await start({ trustedProxies: ['127.0.0.1'] });
    const through = (client: string) => () =>
      hub.get('/api/v1/plans', { 'x-forwarded-for': `203.0.113.9, ${client}` });
    expect(await statuses(3, through('198.51.100.1'))).toEqual({ 401: 2, 429: 1 });
    expect(await statuses(2, through('198.51.100.2'))).toEqual({ 401: 2 });
  });

  it('limits nothing where nobody has to log in', async () => {
    await start({ login: 'local' });
    expect(await statuses(60, () => hub.get('/api/v1/plans'))).toEqual({ 200: 60 });
  });
});
