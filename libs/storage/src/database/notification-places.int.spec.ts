import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aNotification } from '@apollo-deploy/domain/testing';
import type { Store } from '@apollo-deploy/orchestration';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { DatabaseStore } from './database-store.js';

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.empty();
  store = await DatabaseStore.open({ url: database.url });
});
afterEach(() => store.close());

const line = () => store.transact((unit) => unit.notifications.line('hermes', 10));

describe('the places of notifications', () => {
  it('are in the order of commits, so that none comes to stand before one that was told', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let note = (): void => undefined;
    const added = new Promise<void>((resolve) => (note = resolve));
    const slow = store.transact(async (unit) => {
      await unit.notifications.add([aNotification({ id: 'slow' })]);
      note();
      await released;
    });
    await added;
    await store.transact((unit) => unit.notifications.add([aNotification({ id: 'quick' })]));
    expect((await line()).map(({ id }) => id)).toEqual(['quick']);
    release();
    await slow;
    expect((await line()).map(({ id }) => id)).toEqual(['quick', 'slow']);
  });

  it('are given to one after another where many are written at once', async () => {
    const names = Array.from({ length: 40 }, (_, index) => String(index));
    await Promise.all(
      names.map((name) =>
        store.transact((unit) =>
          unit.notifications.add([`${name}-a`, `${name}-b`].map((id) => aNotification({ id }))),
        ),
      ),
    );
    const { items } = await store.transact((unit) => unit.notifications.list({}, { limit: 200 }));
    const places = new Map(items.map(({ id, sequence }) => [id, sequence]));
    expect(places.size).toBe(80);
    const apart = names.map((n) => (places.get(`${n}-b`) ?? 0) - (places.get(`${n}-a`) ?? 0));
    expect(new Set(apart)).toEqual(new Set([1]));
  });
});
