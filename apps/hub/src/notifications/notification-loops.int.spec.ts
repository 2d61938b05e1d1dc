import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Notification,
  notificationStatusOf,
  type Receiver,
  RECEIVERS,
} from '@apollo-deploy/domain';
import { aNotification } from '@apollo-deploy/domain/testing';
import { type Context, CountingIds, InMemoryStore } from '@apollo-deploy/orchestration';
import { RecordedLog } from '../testing/spokes/recorded-log.js';
import { VirtualTime } from '../testing/spokes/virtual-time.js';
import { type Reply, says, StandIn } from '../testing/stand-in.js';
import { NotificationLoops } from './notification-loops.js';

/** How long a loop rests that has nothing to do. */
const IDLE_MS = 10_000;
/** The first pause after a failure, by the least of chances. */
const FIRST_PAUSE_MS = 4_000;
const TIMEOUT_MS = 5_000;

let hermes: StandIn;
let time: VirtualTime;
let context: Context;
let loops: NotificationLoops;
beforeEach(async () => {
  hermes = await StandIn.start();
  time = new VirtualTime();
  context = {
    ...{ store: new InMemoryStore(), clock: time, ids: new CountingIds() },
    startedAt: time.now(),
  };
});
afterEach(async () => {
  await loops.stop();
  await hermes.stop();
  expect(time.pending).toEqual([]);
});

/** Begins to tell, and resolves once nothing is left to do. */
async function begin(told: Readonly<Partial<Record<Receiver, string>>> = { hermes: hermes.url }) {
  const log = new RecordedLog();
  loops = new NotificationLoops({ context, told, timer: time, random: () => 0, log });
  const idle = Object.keys(told).map(() => time.waitBegins(IDLE_MS));
  loops.start();
  await Promise.all(idle);
}
function write(...notifications: readonly Partial<Notification>[]): Promise<void> {
  const written = notifications.map((change) => {
    const at = time.now().toISOString();
    const { id = '', receiver = 'hermes' } = change;
    return aNotification({ id, receiver, body: { message: id }, nextAttemptAt: at, ...change });
  });
  return context.store.transact((unit) => unit.notifications.add(written));
}
/** Has something done, and resolves once the loop rests for so long. */
async function until(restMs: number, does: () => unknown): Promise<void> {
  const rests = time.waitBegins(restMs);
  await does();
  await rests;
}
async function stateOf(id: string) {
  const found = await context.store.transact((unit) => unit.notifications.get(id));
  if (found === undefined) throw new Error(`there is no notification ${id}`);
  return { status: notificationStatusOf(found), attempts: found.attempts, said: found.lastError };
}
const heard = (): readonly string[] =>
  hermes.heard.map(({ text }) => (JSON.parse(text) as { message: string }).message);

describe('what others are told', () => {
  it('reaches each where it listens, word for word', async () => {
    const others = new Map<Receiver, StandIn>();
    for (const receiver of RECEIVERS) others.set(receiver, await StandIn.start());
    const urls = [...others].map(([receiver, { url }]) => [receiver, url] as const);
    await begin(Object.fromEntries(urls));
    await write(
      { id: 'a', receiver: 'hermes', body: { message: '✅ Deployed', level: 'success' } },
      { id: 'b', receiver: 'lcis', body: { type: 'failure', content: 'é' } },
      { id: 'c', receiver: 'event_bus', body: { event_type: 'deployment_started', data: {} } },
    );
    for (const other of others.values()) await other.hears(1);
    await loops.stop();
    const told = [...others.values()].flatMap((other) => other.heard);
    expect(told.map(({ method, path, text }) => `${method} ${path} ${text}`)).toEqual([
      'POST /notify {"message":"✅ Deployed","level":"success"}',
      'POST /lessons {"type":"failure","content":"é"}',
      'POST /publish {"event_type":"deployment_started","data":{}}',
    ]);
    for (const other of others.values()) await other.stop();
  });

  it('goes out in order as soon as it is written, and is told once', async () => {
    await begin();
    await until(IDLE_MS, () => write({ id: 'a' }, { id: 'b' }));
    time.advance(250);
    await until(IDLE_MS, () => write({ id: 'c' }));
    expect(heard()).toEqual(['a', 'b', 'c']);
    expect(await stateOf('c')).toMatchObject({ status: 'delivered', attempts: 1 });
  });

  it.each<{ name: string; reply: Reply }>([
    { name: 'nothing', reply: says(204) },
    { name: 'that it will', reply: says(202, { queued: true }) },
    { name: 'a page', reply: says(200, '<html>thanks</html>') },
    { name: 'broken JSON', reply: says(200, '{"ok":') },
    { name: 'more than is read', reply: says(200, 'x'.repeat(100_000)) },
  ])('is taken by who answers well: $name', async ({ reply }) => {
    hermes.reply = reply;
    await begin();
    await until(IDLE_MS, () => write({ id: 'a' }));
    expect(await stateOf('a')).toEqual({ status: 'delivered', attempts: 1, said: undefined });
  });

  it.each<{ name: string; reply: Reply; said: string }>([
    { name: 'that it failed', reply: says(500, 'oh no'), said: 'HERMES answered 500: oh no' },
    { name: 'with a page', reply: says(404, '<p>?</p>'), said: 'HERMES answered 404: <p>?</p>' },
    {
      name: 'that it is elsewhere',
      reply: (response) => response.writeHead(301, { location: '/other' }).end(),
      said: 'HERMES answered 301 and nothing else',
    },
    {
      name: 'at length',
      reply: says(400, 'x'.repeat(100_000)),
      said: `HERMES answered 400: ${'x'.repeat(200)}…`,
    },
    {
      name: 'nothing, as it breaks off',
      reply: (response) => void response.destroy(),
      said: 'HERMES did not answer POST /notify: socket hang up',
    },
  ])('is not taken by who answers $name, and is told again', async ({ reply, said }) => {
    hermes.reply = reply;
    await begin();
    await until(FIRST_PAUSE_MS, () => write({ id: 'a' }, { id: 'b' }));
    expect(await stateOf('a')).toEqual({ status: 'waiting', attempts: 1, said });
    expect(heard()).toEqual(['a']);
    hermes.reply = says(200);
    await until(IDLE_MS, () => {
      time.advance(FIRST_PAUSE_MS);
    });
    expect(heard()).toEqual(['a', 'a', 'b']);
  });

  it.each<{ name: string; reply: Reply }>([
    { name: 'never', reply: () => undefined },
    { name: 'a byte at a time', reply: (response) => void response.writeHead(200).write('{') },
  ])('is told again to who answers $name, after five seconds', async ({ reply }) => {
    hermes.reply = reply;
    await begin();
    await write({ id: 'a' });
    await hermes.hears(1);
    await until(FIRST_PAUSE_MS, () => {
      time.advance(TIMEOUT_MS);
    });
    expect(await stateOf('a')).toEqual({
      ...{ status: 'waiting', attempts: 1 },
      said: 'HERMES did not answer POST /notify: no whole answer within 5 s',
    });
  });

  it('waits for who dies in between, and then all comes, in order', async () => {
    await begin();
    await until(IDLE_MS, () => write({ id: 'a' }));
    const { port } = hermes;
    await hermes.stop();
    time.advance(250);
    await until(FIRST_PAUSE_MS, () => write({ id: 'b' }, { id: 'c' }));
    expect((await stateOf('b')).said).toContain('ECONNREFUSED');
    hermes = await StandIn.start(port);
    await until(IDLE_MS, () => {
      time.advance(FIRST_PAUSE_MS);
    });
    expect(heard()).toEqual(['b', 'c']);
  });

  it('keeps nobody waiting for who is slow', async () => {
    const bus = await StandIn.start();
    hermes.reply = () => undefined;
    await begin({ hermes: hermes.url, event_bus: bus.url });
    await until(IDLE_MS, () => write({ id: 'a' }, { id: 'b', receiver: 'event_bus' }));
    await hermes.hears(1);
    const stopped = loops.stop();
    time.advance(TIMEOUT_MS);
    await stopped;
    expect([await stateOf('a'), await stateOf('b')]).toMatchObject([
      { status: 'waiting' },
      { status: 'delivered' },
    ]);
    await bus.stop();
  });
});
