import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  decodeSpokeFrame,
  encodeHubFrame,
  type HubMessageType,
  type HubPayload,
  type SpokeFrame,
} from '@apollo-deploy/protocol';
import { pino } from 'pino';
import { WebSocketServer, type WebSocket } from 'ws';
import { Events } from '../testing/events.js';
import { VirtualTime } from '../testing/virtual-time.js';
import { HubLink } from './hub-link.js';
import type { HubOrder } from './hub-link-listener.js';

const OFFER: HubPayload<'plan.offer'> = {
  planId: 'plan-1',
  attempt: 1,
  content: {
    entity: 'web',
    spoke: 'dev',
    namespace: 'shop',
    releaseName: 'web',
    type: 'uninstall',
    base: null,
    chart: null,
    valuesDigest: null,
    strategy: 'rolling',
    rolloutTimeoutSeconds: 60,
  },
  digest: '0'.repeat(64),
  values: {},
  expiresAt: '2026-03-02T12:02:00Z',
};
const RESULT = {
  planId: 'plan-1',
  attempt: 1,
  at: '2026-03-02T12:00:00Z',
  result: { verdict: 'succeeded', message: 'done', evidence: {} },
} as const;

const WELCOME = {
  ...frameBody('welcome'),
  p: {
    epoch: 1,
    spoke: 'dev',
    environment: 'dev',
    serverTime: '2026-03-02T12:00:00Z',
    heartbeatIntervalMs: 20_000,
  },
};

/** One connection as the hub sees it. */
class Session {
  readonly frames = new Events<SpokeFrame>();
  readonly closed: Promise<number>;
  private sent = 0;

  constructor(
    readonly socket: WebSocket,
    readonly request: IncomingMessage,
    private readonly epoch: number,
  ) {
    this.closed = once(socket, 'close').then(([code]) => code as number);
    socket.on('message', (data: Buffer) => {
      const frame = decodeSpokeFrame(data.toString());
      if (!frame.ok) throw new Error(frame.error.detail);
      this.frames.push(frame.value);
    });
  }

  send<T extends HubMessageType>(t: T, p: HubPayload<T>, more: { id?: string; re?: string } = {}) {
    this.sent += 1;
    const head = { id: `hub-${this.epoch}-${this.sent}`, epoch: this.epoch, ts: '', ...more };
    this.socket.send(encodeHubFrame(t, p, head));
  }

  async welcome(serverTime = '2026-03-02T12:00:00Z') {
    await this.frames.until(({ t }) => t === 'hello');
    this.send('welcome', {
      epoch: this.epoch,
      spoke: 'dev',
      environment: 'dev',
      serverTime,
      heartbeatIntervalMs: 20_000,
    });
  }
}

interface Scene {
  readonly time: VirtualTime;
  readonly link: HubLink;
  readonly orders: Events<{ order: HubOrder; acknowledge: () => void }>;
  readonly welcomes: Events<HubPayload<'welcome'>>;
  /** How far the spoke's clock is ahead of the hub's, told with each welcome. */
  readonly aheads: Events<number>;
  /** Waits until the spoke is going to dial after this long, lets it, and takes the connection. */
  readonly dial: (delayMs?: number) => Promise<Session>;
  readonly refuseNext: (status: number, headers: Record<string, string>) => void;
}

const running: { link: HubLink; server: Server; sockets: WebSocketServer }[] = [];

async function scene(): Promise<Scene> {
  const time = new VirtualTime();
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: true });
  const sessions = new Events<Session>();
  const refusals: { status: number; headers: Record<string, string> }[] = [];
  let epoch = 0;
  server.on('upgrade', (request, socket, head) => {
    const refusal = refusals.shift();
    if (refusal !== undefined) {
      const lines = Object.entries(refusal.headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.end(`HTTP/1.1 ${refusal.status} No\r\n${lines.join('')}\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      epoch += 1;
      sessions.push(new Session(webSocket, request, epoch));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let ids = 0;
  const link = new HubLink({
    url: `ws://127.0.0.1:${port}/ws/spoke`,
    credentials: {
      token: () => Promise.resolve('secret-token-of-this-spoke'),
      refused: ({ hubTime }) => hubTime !== null,
    },
    hello: () => ({
      agentVersion: '0.1.0',
      protocol: { min: 1, max: 1 },
      agentInstance: 'instance-1',
      clusterUid: 'cluster-1',
      helmVersion: '4.3.1',
      kubernetesVersion: 'v1.36.3',
      capabilities: [],
      simulated: false,
      clock: time.now().toISOString(),
    }),
    heartbeat: () => ({ running: ['plan-1'], generation: 7 }),
    clock: time,
    timer: time,
    random: () => 0.5,
    newId: () => `spoke-${(ids += 1)}`,
    log: pino({ level: 'silent' }),
  });
  const orders: Scene['orders'] = new Events();
  const welcomes: Scene['welcomes'] = new Events();
  const aheads: Scene['aheads'] = new Events();
  link.start({
    onWelcome: (welcome, aheadMs) => {
      welcomes.push(welcome);
      aheads.push(aheadMs);
    },
    onOrder: (order, acknowledge) => orders.push({ order, acknowledge }),
  });
  running.push({ link, server, sockets });
  const dial = async (delayMs = 500) => {
    await time.waitBegins(delayMs);
    time.advance(delayMs);
    return sessions.next();
  };
  const refuseNext: Scene['refuseNext'] = (status, headers) => refusals.push({ status, headers });
  return { time, link, orders, welcomes, aheads, dial, refuseNext };
}

async function welcomed(from: Scene): Promise<Session> {
  const session = await from.dial();
  await session.welcome();
  await from.welcomes.next();
  return session;
}

/** Lets what was sent to the spoke arrive: it answers a ping after everything before it. */
async function settled({ socket }: Session): Promise<void> {
  const answered = once(socket, 'pong');
  socket.ping();
  await answered;
}

describe('the link to the hub', () => {
  afterEach(async () => {
    for (const { link, server, sockets } of running.splice(0)) {
      for (const socket of sockets.clients) socket.terminate();
      await link.close();
      server.closeAllConnections();
      await once(server.close(), 'close');
    }
  });

  it.each([
    { name: 'ahead of', serverTime: '2026-03-02T11:57:00.500Z', aheadMs: 180_000 },
    { name: 'behind', serverTime: '2026-03-02T12:03:00.500Z', aheadMs: -180_000 },
    { name: 'taken for that of a hub that tells none,', serverTime: '', aheadMs: 0 },
  ])('tells that its clock is $name the hub’s: $aheadMs ms', async ({ serverTime, aheadMs }) => {
    const linked = await scene();
    await (await linked.dial()).welcome(serverTime);
    expect(await linked.aheads.next()).toBe(aheadMs);
  });

  it('dials with its token, without compression and without an origin, and says hello', async () => {
    const { dial } = await scene();
    const session = await dial();
    expect(session.request.headers).toMatchObject({
      authorization: 'Bearer secret-token-of-this-spoke',
      'sec-websocket-protocol': 'apollo.v1',
    });
    expect(session.request.headers.origin).toBeUndefined();
    expect(session.socket.extensions).toBe('');
    expect(await session.frames.next()).toMatchObject({
      t: 'hello',
      epoch: 0,
      p: { agentInstance: 'instance-1' },
    });
  });

  it('hands offers on in order and acknowledges one only when told to', async () => {
    const at = await scene();
    const session = await welcomed(at);
    session.send('plan.offer', OFFER, { id: 'offer-1' });
    session.send('plan.cancel', { planId: 'plan-1', reason: 'no' }, { id: 'cancel-1' });
    const offer = await at.orders.next();
    expect(offer.order).toMatchObject({ t: 'plan.offer', id: 'offer-1' });
    expect((await at.orders.next()).order).toMatchObject({ t: 'plan.cancel' });
    at.link.say('plan.progress', { planId: 'plan-1', phase: 'helm' });
    expect(await session.frames.next()).toMatchObject({ t: 'plan.progress', epoch: 1 });
    offer.acknowledge();
    expect(await session.frames.next()).toMatchObject({ t: 'ack', re: 'offer-1', epoch: 1 });
  });

  it('sends what was not acknowledged again after a reconnect, under the same id', async () => {
    const at = await scene();
    const first = await welcomed(at);
    const delivered = at.link.post('plan.result', RESULT, 'plan-1');
    const sent = await first.frames.until(({ t }) => t === 'plan.result');
    first.socket.terminate();
    await first.closed;
    const second = await welcomed(at);
    const again = await second.frames.until(({ t }) => t === 'plan.result');
    expect(again).toEqual({ ...sent, epoch: 2, ts: again.ts });
    second.send('ack', {}, { re: again.id });
    expect(await delivered).toBe('acknowledged');
  });

  it('does not acknowledge to a later session what an earlier one brought', async () => {
    const at = await scene();
    const first = await welcomed(at);
    first.send('plan.offer', OFFER, { id: 'offer-1' });
    const { acknowledge } = await at.orders.next();
    first.socket.terminate();
    const second = await welcomed(at);
    acknowledge();
    at.link.say('plan.progress', { planId: 'plan-1', phase: 'helm' });
    expect(await second.frames.next()).toMatchObject({ t: 'plan.progress' });
  });

  it('sends nothing durable before the welcome', async () => {
    const at = await scene();
    const session = await at.dial();
    void at.link.post('plan.result', RESULT, 'plan-1');
    expect(await session.frames.next()).toMatchObject({ t: 'hello' });
    session.send('welcome', {
      epoch: 9,
      spoke: 'dev',
      environment: 'dev',
      serverTime: '',
      heartbeatIntervalMs: 20_000,
    });
    expect(await session.frames.next()).toMatchObject({ t: 'plan.result', epoch: 9 });
  });

  it('sends heartbeats at the interval the hub asks for', async () => {
    const at = await scene();
    const session = await welcomed(at);
    at.time.advance(20_000);
    expect(await session.frames.next()).toMatchObject({
      t: 'heartbeat',
      p: { running: ['plan-1'], generation: 7 },
    });
  });

  it('sends them each half minute at least, whatever it is asked', async () => {
    const at = await scene();
    const session = await at.dial();
    const p = { ...WELCOME.p, heartbeatIntervalMs: 2 ** 40 };
    session.socket.send(JSON.stringify({ ...WELCOME, p }));
    await at.welcomes.next();
    at.time.advance(30_000);
    expect(await session.frames.next()).toMatchObject({ t: 'hello' });
    expect(await session.frames.next()).toMatchObject({ t: 'heartbeat' });
  });

  it('gives a silent hub up after 45 s, and not before', async () => {
    const at = await scene();
    const session = await welcomed(at);
    await settled(session);
    at.time.advance(44_999);
    await settled(session);
    at.time.advance(44_999);
    expect(at.link.connected).toBe(true);
    at.time.advance(1);
    expect(at.link.connected).toBe(false);
    expect(await session.closed).toBe(1006);
  });

  it('waits as long as the hub asks when it has no room', async () => {
    const at = await scene();
    at.refuseNext(503, { 'Retry-After': '20' });
    at.time.advance(500);
    const session = await at.dial(20_500);
    expect(await session.frames.next()).toMatchObject({ t: 'hello' });
  });

  it('that the hub refused is tried again soon where the time it told may help', async () => {
    const at = await scene();
    at.refuseNext(401, { Date: 'Mon, 02 Mar 2026 11:00:00 GMT' });
    at.time.advance(500);
    expect(await (await at.dial(500)).frames.next()).toMatchObject({ t: 'hello' });
  });

  it('that the hub refused is tried again late where nothing has changed', async () => {
    const at = await scene();
    at.refuseNext(401, { 'Retry-After': '50' });
    at.time.advance(500);
    expect(await (await at.dial(50_500)).frames.next()).toMatchObject({ t: 'hello' });
  });

  it('leaves a hub that is going away when it is asked to, and dials at once', async () => {
    const at = await scene();
    const first = await welcomed(at);
    first.send('drain', { reconnectInMs: 3000 });
    await settled(first);
    at.time.advance(3000);
    expect(await first.closed).toBe(1001);
    expect((await at.dial(0)).request.headers.authorization).toBeDefined();
  });

  it('comes back when it was asked to, although the hub has gone before', async () => {
    const at = await scene();
    const first = await welcomed(at);
    first.send('drain', { reconnectInMs: 3000 });
    await settled(first);
    at.time.advance(1000);
    first.socket.close(1012);
    expect((await at.dial(2000)).request.headers.authorization).toBeDefined();
  });

  it('stays away ten minutes at most, whatever it is asked', async () => {
    const at = await scene();
    const first = await welcomed(at);
    first.send('drain', { reconnectInMs: 2 ** 40 });
    await settled(first);
    first.socket.close(1012);
    expect((await at.dial(600_000)).request.headers.authorization).toBeDefined();
  });

  it.each([
    { name: 'what is not JSON', send: (s: Session) => s.socket.send('{') },
    { name: 'binary data', send: (s: Session) => s.socket.send(Buffer.from([1, 2])) },
    {
      name: 'an unknown critical type',
      send: (s: Session) => s.socket.send(frameOf('nuke', true)),
    },
    {
      name: 'an offer of another shape',
      send: (s: Session) => s.socket.send(frameOf('plan.offer')),
    },
    {
      name: 'an offer with values without end',
      send: (s: Session) => {
        const deep = '['.repeat(100_000) + ']'.repeat(100_000);
        const frame = JSON.stringify({ ...frameBody('plan.offer'), p: OFFER });
        s.socket.send(frame.replace('"values":{}', `"values":{"a":${deep}}`));
      },
    },
  ])('closes with 4400 on $name', async ({ send }) => {
    const session = await welcomed(await scene());
    send(session);
    expect(await session.closed).toBe(4400);
  });

  it('carries out nothing that comes behind a frame it cannot go on from', async () => {
    const at = await scene();
    const session = await welcomed(at);
    session.socket.send(frameOf('nuke', true));
    session.send('plan.offer', OFFER);
    expect(await session.closed).toBe(4400);
    at.link.say('plan.progress', { planId: 'plan-1', phase: 'helm' });
    const next = at.orders.next().then(() => 'an order');
    expect(await Promise.race([next, settledTurns()])).toBe('nothing');
  });

  it.each([
    { name: 'a second welcome', frame: { ...WELCOME, epoch: 1 } },
    { name: 'a frame of another session', frame: { ...frameBody('state.request'), epoch: 2 } },
  ])('closes with 4400 on $name', async ({ frame }) => {
    const at = await scene();
    const session = await welcomed(at);
    session.socket.send(JSON.stringify(frame));
    expect(await session.closed).toBe(4400);
  });

  it('closes with 4400 when orders come before the welcome', async () => {
    const session = await (await scene()).dial();
    session.send('plan.offer', OFFER);
    expect(await session.closed).toBe(4400);
  });

  it('passes over unknown types that are not critical', async () => {
    const at = await scene();
    const session = await welcomed(at);
    session.socket.send(frameOf('weather'));
    session.send('state.request', {});
    expect((await at.orders.next()).order.t).toBe('state.request');
  });

  it('says goodbye with 1001 and stays away', async () => {
    const at = await scene();
    const session = await welcomed(at);
    await at.link.close();
    expect(await session.closed).toBe(1001);
    expect(at.time.pending).toEqual([]);
  });
});

function frameOf(t: string, crit = false): string {
  return JSON.stringify({ ...frameBody(t), crit });
}

function frameBody(t: string) {
  return { v: 1, t, id: 'x', epoch: 1, ts: '', p: {} };
}

/** Resolves when nothing else happens in this process. */
async function settledTurns(): Promise<'nothing'> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((go) => setImmediate(go));
  return 'nothing';
}
