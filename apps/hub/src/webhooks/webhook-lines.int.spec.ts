import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Notification, notificationStatusOf, type Webhook } from '@apollo-deploy/domain';
import { aNotification, aWebhook } from '@apollo-deploy/domain/testing';
import { type Context, CountingIds, InMemoryStore, type Store } from '@apollo-deploy/orchestration';
import { RecordedLog } from '../testing/spokes/recorded-log.js';
import { VirtualTime } from '../testing/spokes/virtual-time.js';
import { says, StandIn } from '../testing/stand-in.js';
import { ReceiverAddresses } from './receiver-addresses.js';
import { WebhookLines } from './webhook-lines.js';
import { WebhookSender } from './webhook-sender.js';

/** How long the loop rests that has nothing to do. */
const IDLE_MS = 10_000;
/** How long it rests once a line has ended, before it looks again. */
const TURN_MS = 250;
/** The first pause after a failure, by the least of chances. */
const FIRST_PAUSE_MS = 4_000;

let receiver: StandIn;
let time: VirtualTime;
let context: Context;
let log: RecordedLog;
let running: WebhookLines[];
beforeEach(async () => {
  receiver = await StandIn.start();
  time = new VirtualTime();
  log = new RecordedLog();
  running = [];
  context = {
    ...{ store: new InMemoryStore(), clock: time, ids: new CountingIds() },
    startedAt: time.now(),
  };
});
afterEach(async () => {
  await Promise.all(running.map((lines) => lines.stop()));
  await receiver.stop();
  expect(time.pending).toEqual([]);
});

function lines(store: Store = context.store): WebhookLines {
  const addresses = new ReceiverAddresses({ allowedNetworks: [], isLocal: true });
  const sender = new WebhookSender({ addresses, clock: time, timer: time });
  const made = new WebhookLines({
    ...{ context: { ...context, store }, sender, timer: time },
    ...{ random: () => 0, log },
  });
  running.push(made);
  return made;
}
/** Has something done, and resolves once the loop rests for so long. */
async function until(restMs: number, does: () => unknown): Promise<void> {
  const rests = time.waitBegins(restMs);
  await does();
  await rests;
}
const begin = () =>
  until(IDLE_MS, () => {
    lines().start();
  });
async function listen(id: string, url: string, change: Partial<Webhook> = {}): Promise<void> {
  await context.store.transact((unit) =>
    unit.webhooks.insert(aWebhook({ id, name: id, url, ...change })),
  );
}
function write(...written: readonly (readonly [id: string, webhook: string])[]): Promise<void> {
  const notifications = written.map(([id, webhook]) => {
    const at = time.now().toISOString();
    const about = { id, receiver: `webhook/${webhook}`, body: { message: id } } as const;
    return aNotification({ ...about, triedSince: at, nextAttemptAt: at });
  });
  return context.store.transact((unit) => unit.notifications.add(notifications));
}
async function stored(id: string): Promise<Notification> {
  const found = await context.store.transact((unit) => unit.notifications.get(id));
  if (found === undefined) throw new Error(`there is no notification ${id}`);
  return found;
}
const statusOf = async (id: string) => notificationStatusOf(await stored(id));
const heard = (by = receiver): readonly string[] =>
  by.heard.map(({ headers }) => String(headers['webhook-id']));

describe('what webhooks are told', () => {
  it('reaches each in order, under ids of their own', async () => {
    const other = await StandIn.start();
    await listen('w', receiver.url);
    await listen('v', other.url);
    await begin();
    await write(['a', 'w'], ['x', 'v'], ['b', 'w'], ['c', 'w'], ['d', 'w']);
    await Promise.all([receiver.hears(4), other.hears(1)]);
    expect(heard()).toEqual(['a', 'b', 'c', 'd']);
    expect(heard(other)).toEqual(['x']);
    await other.stop();
  });

  it('waits behind what is not taken, and comes again under the same id and a new time', async () => {
    receiver.reply = says(500);
    await listen('w', receiver.url);
    await begin();
    await until(TURN_MS, () => write(['a', 'w'], ['b', 'w']));
    expect(heard()).toEqual(['a']);
    receiver.reply = says(204);
    await until(FIRST_PAUSE_MS - TURN_MS, () => {
      time.advance(TURN_MS);
    });
    expect(heard()).toEqual(['a']);
    time.advance(FIRST_PAUSE_MS - TURN_MS);
    await receiver.hears(3);
    expect(heard()).toEqual(['a', 'a', 'b']);
    const times = receiver.heard.map(({ headers }) => Number(headers['webhook-timestamp']));
    expect(times[1]! - times[0]!).toBe(FIRST_PAUSE_MS / 1000);
  });

  it('keeps nobody waiting for who never answers', async () => {
    const silent = await StandIn.start();
    silent.reply = () => undefined;
    await listen('silent', silent.url);
    await listen('w', receiver.url);
    await begin();
    await write(['x', 'silent'], ['a', 'w']);
    await Promise.all([silent.hears(1), receiver.hears(1)]);
    await write(['b', 'w']);
    time.advance(250);
    await receiver.hears(2);
    expect(heard()).toEqual(['a', 'b']);
    expect(await statusOf('x')).toBe('waiting');
    await silent.stop();
  });

  it('is told no more where it is gone, and what waits is given up', async () => {
    receiver.reply = says(410);
    await listen('w', receiver.url);
    await begin();
    await until(TURN_MS, () => write(['a', 'w'], ['b', 'w']));
    expect(heard()).toEqual(['a']);
    expect([await statusOf('a'), await statusOf('b')]).toEqual(['dead', 'dead']);
    const reason = 'the receiver answered 410 (gone)';
    expect((await stored('b')).lastError).toBe(`its webhook is off: ${reason}`);
    const webhook = await context.store.transact((unit) => unit.webhooks.get('w'));
    expect(webhook?.off).toMatchObject({ reason });
    const { items } = await context.store.transact((unit) => unit.audit.list({}, { limit: 9 }));
    expect(items.map(({ action, subject }) => `${action} ${subject}`)).toEqual([
      'webhook.off webhook/w',
      'notification.dead notification/a',
    ]);
  });

  it('waits as long as its receiver asks', async () => {
    receiver.reply = (response) => response.writeHead(429, { 'retry-after': '9' }).end();
    await listen('w', receiver.url);
    await begin();
    await until(TURN_MS, () => write(['a', 'w']));
    const { nextAttemptAt = '' } = await stored('a');
    expect(Date.parse(nextAttemptAt) - time.now().getTime()).toBe(9_000);
  });

  it('comes twice, under one id, where a replica dies between the answer and the record', async () => {
    await listen('w', receiver.url);
    await write(['a', 'w']);
    const { store } = context;
    /** Takes what it is told, and nothing it is to keep of it. */
    const dying: Store = Object.assign(Object.create(store) as Store, {
      transact: <T>(work: Parameters<Store['transact']>[0]) =>
        receiver.heard.length > 0
          ? Promise.reject(new Error('killed'))
          : (store.transact(work) as Promise<T>),
    });
    const first = lines(dying);
    first.start();
    await receiver.hears(1);
    await first.stop();
    expect(await statusOf('a')).toBe('waiting');
    time.advance(60_000);
    let note = (): void => undefined;
    const delivered = new Promise<void>((resolve) => (note = resolve));
    const watching: Store = Object.assign(Object.create(store) as Store, {
      transact: async <T>(work: Parameters<Store['transact']>[0]) => {
        const answer = (await store.transact(work)) as T;
        if ((await statusOf('a')) === 'delivered') note();
        return answer;
      },
    });
    lines(watching).start();
    await delivered;
    expect(heard()).toEqual(['a', 'a']);
  });

  it('stops at once, though somebody has not answered, and tells it again later', async () => {
    receiver.reply = () => undefined;
    await listen('w', receiver.url);
    await begin();
    await write(['a', 'w']);
    await receiver.hears(1);
    await running[0]?.stop();
    expect(await stored('a')).toMatchObject({ attempts: 0 });
    expect(log.errors).toEqual([]);
  });
});
