import { describe, expect, it } from '@jest/globals';
import type { Notification } from '@apollo-deploy/domain';
import { aNotification } from '@apollo-deploy/domain/testing';
import type { NewNotification } from './notification-repository.js';
import { pagesOfTwo } from './pages-of-two.contract.js';
import type { Store } from './store.js';

const AT = '2026-01-05T09:00:00.000Z';
const ids = (notifications: readonly Notification[]) => notifications.map(({ id }) => id);

function written(id: string, change: Partial<Notification> = {}): NewNotification {
  const { sequence: _, ...fresh } = aNotification({ id, ...change });
  return fresh;
}

function ended(id: string, change: Partial<Notification>): NewNotification {
  const { nextAttemptAt: _, ...rest } = written(id, change);
  return rest;
}

export function describeStoredNotifications(store: () => Store): void {
  const add = (...notifications: readonly NewNotification[]) =>
    store().transact((unit) => unit.notifications.add(notifications));
  const get = (id: string) => store().transact((unit) => unit.notifications.get(id));
  const save = (notification: Notification) =>
    store().transact((unit) => unit.notifications.save(notification));
  const line = (receiver: Notification['receiver'], limit = 10) =>
    store().transact((unit) => unit.notifications.line(receiver, limit));
  const stored = async (id: string): Promise<Notification> => (await get(id))!;

  describe('notifications', () => {
    it.each([
      { name: 'as they were written', notification: written('n') },
      {
        name: 'with every field, and exactly their body',
        notification: ended('n', {
          body: { z: 'é ✅ "quotes"\n', a: [1.5, null, { y: true, b: 'NUL \u0000' }] },
          ...{ attempts: 4, deadAt: AT, lastError: 'answered 500: oh' },
        }),
      },
    ])('are kept $name', async ({ notification }) => {
      await add(notification);
      const { sequence, ...kept } = await stored('n');
      expect(kept).toStrictEqual(notification);
      expect(JSON.stringify(kept.body)).toBe(JSON.stringify(notification.body));
      expect(Number.isInteger(sequence)).toBe(true);
      expect(await get('other')).toBeUndefined();
    });

    it('wait for each receiver in a line of its own, in the order of writing', async () => {
      await add(written('b'), written('x', { receiver: 'lcis' }), written('a'));
      await add(written('c'), ended('d', { deliveredAt: AT }), ended('e', { deadAt: AT }));
      expect(ids(await line('hermes'))).toEqual(['b', 'a', 'c']);
      expect(ids(await line('hermes', 2))).toEqual(['b', 'a']);
      expect(ids(await line('lcis'))).toEqual(['x']);
      expect(await line('event_bus')).toEqual([]);
    });

    it('are in no line when what they tell of was not kept', async () => {
      const fails = store().transact(async (unit) => {
        await unit.notifications.add([written('n')]);
        throw new Error('it did not happen');
      });
      await expect(fails).rejects.toThrow('it did not happen');
      expect(await line('hermes')).toEqual([]);
    });

    it('leave the line when they have ended, and come back to their place', async () => {
      await add(written('a'), written('b'));
      const { nextAttemptAt: _, ...dead } = { ...(await stored('a')), deadAt: AT, attempts: 4 };
      await save({ ...dead, lastError: 'no\u0000 more' });
      expect(ids(await line('hermes'))).toEqual(['b']);
      expect((await stored('a')).lastError).toMatch(/^no. more$/u);
      await save({ ...(await stored('a')), nextAttemptAt: AT });
      expect(ids(await line('hermes'))).toEqual(['a', 'b']);
    });

    it('are given up all at once, those of one receiver, with why', async () => {
      await add(written('a'), written('x', { receiver: 'lcis' }), ended('d', { deliveredAt: AT }));
      await store().transact((unit) => unit.notifications.giveUp('hermes', AT, 'it is off'));
      expect(ids(await line('hermes'))).toEqual([]);
      expect(ids(await line('lcis'))).toEqual(['x']);
      const { nextAttemptAt: _, ...rest } = aNotification({ id: 'a' });
      const { sequence } = await stored('a');
      expect(await stored('a')).toEqual({ ...rest, sequence, deadAt: AT, lastError: 'it is off' });
      expect(await stored('d')).not.toHaveProperty('deadAt');
    });

    it('may be about no deployment', async () => {
      const { deployment: _, ...other } = written('n', { receiver: 'webhook/w' });
      await add(other);
      expect(await stored('n')).not.toHaveProperty('deployment');
      expect(ids(await line('webhook/w'))).toEqual(['n']);
    });

    it('are news where they are to be told anew, and not where they were tried', async () => {
      await add(written('a'));
      const heard: unknown[] = [];
      store().onCommit((signal) => heard.push(signal));
      await save({ ...(await stored('a')), attempts: 1 });
      expect(heard).toEqual([]);
      await save({ ...(await stored('a')), attempts: 0 });
      expect(heard).toMatchObject([{ notifications: true }]);
    });

    it('keep their body and place whatever is saved, and are not made by saving', async () => {
      await add(written('a'));
      const before = await stored('a');
      await save({ ...before, attempts: 1, body: { other: true }, sequence: 99 });
      expect(await stored('a')).toStrictEqual({ ...before, attempts: 1 });
      await save(aNotification({ id: 'gone' }));
      expect(await get('gone')).toBeUndefined();
    });

    it.each([
      {
        name: 'all',
        filter: {},
        expected: [
          ['a', 'b'],
          ['c', 'd'],
        ],
      },
      { name: 'that wait', filter: { status: 'waiting' }, expected: [['a', 'b']] },
      { name: 'delivered', filter: { status: 'delivered' }, expected: [['c']] },
      { name: 'dead', filter: { status: 'dead' }, expected: [['d']] },
      { name: 'of a receiver', filter: { receiver: 'lcis' }, expected: [['b']] },
      { name: 'of an environment', filter: { environment: 'dev' }, expected: [['b', 'c']] },
      { name: 'of these', filter: { environments: ['prod', 'x'] }, expected: [['a', 'd']] },
      { name: 'of no environment', filter: { environments: [] }, expected: [[]] },
    ] as const)('are listed by id in pages: $name', async ({ filter, expected }) => {
      await add(
        ended('d', { deadAt: AT }),
        ended('c', { environment: 'dev', deliveredAt: AT }),
        written('b', { environment: 'dev', receiver: 'lcis' }),
        written('a'),
      );
      const pages = await store().transact((unit) =>
        pagesOfTwo((page) => unit.notifications.list(filter, page)),
      );
      expect(pages.map(ids)).toEqual(expected);
    });

    it('are forgotten a while after they ended, a batch at a time, and never before', async () => {
      const before = '2026-01-05T08:59:59.999Z';
      await add(
        written('waits', { createdAt: '2025-01-01T00:00:00.000Z' }),
        ended('delivered now', { deliveredAt: AT }),
        ended('delivered before', { deliveredAt: before }),
        ended('dead before', { deadAt: before }),
        ended('dead now', { deadAt: AT }),
      );
      const since = { delivered: AT, dead: AT };
      const forget = (limit: number) =>
        store().transact((unit) => unit.notifications.forget(since, limit));
      expect(await forget(1)).toBe(1);
      expect(await forget(5)).toBe(1);
      expect(await forget(5)).toBe(0);
      const { items } = await store().transact((unit) =>
        unit.notifications.list({}, { limit: 10 }),
      );
      expect(ids(items)).toEqual(['dead now', 'delivered now', 'waits']);
    });
  });
}
