import { beforeEach, describe, expect, it } from '@jest/globals';
import type { FailedAttempt, Notification } from '@apollo-deploy/domain';
import { aNotification } from '@apollo-deploy/domain/testing';
import { err, ok } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import { VirtualClock } from '../ports/clock.js';
import { CountingIds } from '../ports/ids.js';
import { InMemoryStore } from '../ports/in-memory/in-memory-store.js';
import { PERSON } from '../testing/must.js';
import { NotificationLine, type Tell } from './notification-line.js';
import { replayNotification } from './replay-notification.js';

const AWAY: FailedAttempt = { kind: 'unavailable', detail: 'nobody answers' };
const NO: FailedAttempt = { kind: 'refused', detail: 'answered 422' };

let clock: VirtualClock;
let context: Context;
let told: unknown[];
/** What the receiver answers, by what it is told; absent = it takes it. */
let answers: Map<unknown, FailedAttempt>;
beforeEach(() => {
  clock = new VirtualClock(new Date('2026-01-05T09:00:00.000Z'));
  context = { store: new InMemoryStore(), clock, ids: new CountingIds(), startedAt: clock.now() };
  told = [];
  answers = new Map();
});

const tell: Tell = async ({ body: { message } }) => {
  told.push(message);
  const failure = answers.get(message);
  return failure === undefined ? ok(undefined) : err(failure);
};
function line(change: { readonly holder?: string; readonly tell?: Tell } = {}): NotificationLine {
  return new NotificationLine(context, {
    ...{ receiver: 'hermes', tell, holder: 'here', random: () => 0.5 },
    ...change,
  });
}
function write(...messages: readonly string[]): Promise<void> {
  const notifications = messages.map((message) =>
    aNotification({ id: message, body: { message } }),
  );
  return context.store.transact((unit) => unit.notifications.add(notifications));
}
async function stored(id: string): Promise<Notification | undefined> {
  return context.store.transact((unit) => unit.notifications.get(id));
}
async function audited(): Promise<readonly string[]> {
  const { items } = await context.store.transact((unit) => unit.audit.list({}, { limit: 50 }));
  return items.map(({ actor, action, subject }) => `${actor} ${action} ${subject}`);
}

describe('the line of a receiver', () => {
  it('tells everything in order, once', async () => {
    // By their ids they would come the other way round.
    const many = Array.from({ length: 25 }, (_, index) => `m${String(99 - index)}`);
    await write(...many);
    expect(await line().run()).toBeUndefined();
    expect(told).toEqual(many);
    expect(await stored('m75')).toMatchObject({
      attempts: 1,
      deliveredAt: '2026-01-05T09:00:00.000Z',
    });
    await line().run();
    expect(told).toHaveLength(25);
  });

  it('waits behind what is not taken, and goes on when it is', async () => {
    answers.set('a', AWAY);
    await write('a', 'b');
    expect(await line().run()).toEqual(new Date('2026-01-05T09:00:05.000Z'));
    expect(told).toEqual(['a']);
    expect(await line().run()).toEqual(new Date('2026-01-05T09:00:05.000Z'));
    expect(told).toEqual(['a']);
    answers.clear();
    clock.advance(5_000);
    await line().run();
    expect(told).toEqual(['a', 'a', 'b']);
  });

  it('gives up what is refused again and again, says so, and goes on', async () => {
    answers.set('a', NO);
    await write('a', 'b');
    for (const pauseMs of [5_000, 300_000, 1_800_000, 0]) {
      await line().run();
      clock.advance(pauseMs);
    }
    expect(told).toEqual(['a', 'a', 'a', 'a', 'b']);
    expect(await stored('a')).toMatchObject({ attempts: 4, lastError: 'answered 422' });
    expect(await stored('a')).toHaveProperty('deadAt');
    expect(await audited()).toEqual(['engine notification.dead notification/a']);
  });

  it('tells all of it to a receiver that was away for two days', async () => {
    for (const message of ['a', 'b']) answers.set(message, AWAY);
    await write('a', 'b');
    for (let hour = 0; hour < 48; hour += 1) {
      await line().run();
      clock.advance(3_600_000);
    }
    answers.clear();
    told = [];
    for (let hour = 0; hour < 3; hour += 1) {
      await line().run();
      clock.advance(3_600_000);
    }
    expect(told).toEqual(['a', 'b']);
  });

  it('is told by one of several replicas, so that the order holds', async () => {
    await write('a', 'b');
    const first = line({
      tell: async (notification) => {
        await line({ holder: 'there' }).run();
        return tell(notification);
      },
    });
    await first.run();
    expect(told).toEqual(['a', 'b']);
  });

  it('tells again what a replica told that died before it was kept', async () => {
    await write('a', 'b');
    const dies = line({
      tell: async (notification) => {
        await tell(notification);
        throw new Error('killed');
      },
    });
    await expect(dies.run()).rejects.toThrow('killed');
    await line({ holder: 'there' }).run();
    expect(told).toEqual(['a']);
    clock.advance(60_000);
    await line({ holder: 'there' }).run();
    expect(told).toEqual(['a', 'a', 'b']);
  });

  it('stops after what is being told', async () => {
    await write('a', 'b');
    const stops = line({
      tell: (notification) => {
        stops.stop();
        return tell(notification);
      },
    });
    await stops.run();
    expect(told).toEqual(['a']);
    expect(await stored('a')).toHaveProperty('deliveredAt');
  });
});

describe('a replay', () => {
  const replay = (id: string, unset = {}) => replayNotification(context, PERSON, id, unset);

  it('tells what was given up, before all that came after it', async () => {
    answers.set('a', NO);
    await write('a', 'b');
    for (const pauseMs of [5_000, 300_000, 1_800_000, 0]) {
      await line().run();
      clock.advance(pauseMs);
    }
    told = [];
    answers.clear();
    await write('c');
    expect(await replay('a')).toMatchObject({ ok: true, value: { attempts: 0 } });
    await line().run();
    expect(told).toEqual(['a', 'c']);
    expect(await audited()).toContain('dev-operator notification.replay notification/a');
  });

  it('tells what was delivered once more', async () => {
    await write('a');
    await line().run();
    await replay('a');
    await line().run();
    expect(told).toEqual(['a', 'a']);
  });

  it.each([
    { name: 'was delivered', delivered: true, then: 'and replay it then' },
    { name: 'waits', delivered: false, then: 'and it is told' },
  ])('refuses one that $name for who is not told any more, and names the setting', async (row) => {
    await write('a');
    if (row.delivered) await line().run();
    expect(await replay('a', { hermes: 'HERMES_URL' })).toEqual({
      ok: false,
      error: {
        code: 'notification/nobody_listens',
        detail: `notification a is for hermes, and where that is nobody has said: set HERMES_URL at all replicas, ${row.then}`,
        data: { receiver: 'hermes', setting: 'HERMES_URL' },
      },
    });
    expect(await audited()).toEqual([]);
    expect(await replay('a', { lcis: 'LCIS_URL' })).toMatchObject({ ok: row.delivered });
  });

  it.each([
    { name: 'that waits', id: 'a', code: 'notification/waiting' },
    { name: 'that there is not', id: 'x', code: 'notification/not_found' },
  ])('refuses one $name, and writes nothing', async ({ id, code }) => {
    await write('a');
    expect(await replay(id)).toMatchObject({ ok: false, error: { code } });
    expect(await audited()).toEqual([]);
  });
});
