import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aNotification, aWebhook } from '@apollo-deploy/domain/testing';
import type { Store } from '@apollo-deploy/orchestration';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { DatabaseStore } from './database-store.js';

const AT = '2026-01-05T09:00:00.000Z';

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.empty();
  store = await DatabaseStore.open({ url: database.url });
  await store.transact((unit) => unit.webhooks.insert(aWebhook({ id: 'w' })));
});
afterEach(() => store.close());

/** A transaction that has read whom to tell, and ends when it is let. */
async function telling(): Promise<{ end: () => void; ended: Promise<void> }> {
  let end = (): void => undefined;
  const ending = new Promise<void>((resolve) => (end = resolve));
  let note = (): void => undefined;
  const read = new Promise<void>((resolve) => (note = resolve));
  const ended = store.transact(async (unit) => {
    await unit.webhooks.listening();
    note();
    await ending;
    await unit.notifications.add([aNotification({ id: 'n', receiver: 'webhook/w' })]);
  });
  await read;
  return { end, ended };
}

describe('a webhook that is removed while something is written for it', () => {
  it('goes after that, so that nothing is left waiting for nobody', async () => {
    const { end, ended } = await telling();
    const order: string[] = [];
    const removed = store.transact(async (unit) => {
      await unit.webhooks.remove('w');
      await unit.notifications.giveUp('webhook/w', AT, 'its webhook was removed');
      order.push('removed');
    });
    end();
    await ended.then(() => order.push('written'));
    await removed;
    expect(order).toEqual(['written', 'removed']);
    const left = await store.transact((unit) => unit.notifications.get('n'));
    expect(left).toMatchObject({ deadAt: AT, lastError: 'its webhook was removed' });
  });

  it('is changed meanwhile without waiting', async () => {
    const { end, ended } = await telling();
    const off = { at: AT, reason: 'gone' };
    const saved = await store.transact((unit) =>
      unit.webhooks.save(aWebhook({ id: 'w', off, version: 1 })),
    );
    expect(saved).toMatchObject({ ok: true, value: { off } });
    end();
    await ended;
  });
});
