import { describe, expect, it } from '@jest/globals';
import { InvariantViolation } from '@apollo-deploy/kernel';
import { aProduct } from '../../testing/records/catalog-records.js';
import { aPlan } from '../../testing/records/plan-records.js';
import { anOutboxMessage } from '../../testing/records/trail-records.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { InMemoryStore } from './in-memory-store.js';
import type { RowChange } from './row-change.js';

describe('a store in memory that is kept elsewhere', () => {
  it('hands over each row that a unit changed once, as it is at the end', async () => {
    const kept: (readonly RowChange[])[] = [];
    const store = new InMemoryStore({ persist: async (changes) => void kept.push(changes) });
    await store.transact(async (unit) => {
      await unit.products.insert(aProduct({ owner: 'first' }));
      await unit.products.save(aProduct({ owner: 'second' }));
      await unit.dirty.mark(['a', 'b']);
      await unit.dirty.take(1);
    });
    await store.transact((unit) => unit.dirty.take(1));
    expect(kept).toEqual([
      [
        {
          table: 'products',
          key: 'test-service',
          slot: { row: aProduct({ owner: 'second', version: 2 }), position: 1 },
        },
        { table: 'dirty', key: 'b', slot: { row: { entity: 'b', force: false }, position: 2 } },
      ],
      [{ table: 'dirty', key: 'b' }],
    ]);
  });

  it('hands over nothing of a unit that only read, or was rolled back', async () => {
    const kept: (readonly RowChange[])[] = [];
    const store = new InMemoryStore({ persist: async (changes) => void kept.push(changes) });
    await store.transact((unit) => unit.products.get('test-service'));
    const work = store.transact(async (unit) => {
      await unit.products.insert(aProduct());
      throw new Error('the work gave up');
    });
    await expect(work).rejects.toThrow('the work gave up');
    expect(kept).toEqual([]);
  });

  it('takes back a unit that could not be kept, tells its caller, and nobody else', async () => {
    const failure = new Error('the disk is full');
    const store = new InMemoryStore({ persist: () => Promise.reject(failure) });
    let told = 0;
    store.onCommit(() => (told += 1));
    await expect(store.transact((unit) => unit.dirty.mark(['a']))).rejects.toBe(failure);
    expect(await store.transact((unit) => unit.products.list({ limit: 1 }))).toEqual({ items: [] });
    expect(told).toBe(0);
  });

  it('keeps a unit closed, and hidden from others, while it is being kept', async () => {
    const events: string[] = [];
    let leaked: UnitOfWork | undefined;
    const store = new InMemoryStore({
      persist: async () => {
        events.push('begins to be kept');
        await expect(leaked!.dirty.mark(['too late'])).rejects.toThrow(InvariantViolation);
        events.push('is kept');
      },
    });
    const first = store.transact(async (unit) => {
      leaked = unit;
      await unit.products.insert(aProduct());
    });
    const second = store.transact(async (unit) => {
      events.push('is read');
      return unit.dirty.take(1);
    });
    await first;
    expect(await second).toEqual([]);
    expect(events).toEqual(['begins to be kept', 'is kept', 'is read']);
  });

  it('pauses before each unit, one after another', async () => {
    const events: string[] = [];
    const store = new InMemoryStore({ pause: async () => void events.push('pause') });
    await Promise.all([
      store.transact(async () => void events.push('first')),
      store.transact(async () => void events.push('second')),
    ]);
    expect(events).toEqual(['pause', 'first', 'pause', 'second']);
  });

  it('pauses before each statement, and nobody reads in between what a unit has half done', async () => {
    const events: string[] = [];
    let second: Promise<void> | undefined;
    const readAll = async (): Promise<void> => {
      const { items } = await store.transact((unit) => unit.products.list({ limit: 10 }));
      events.push(`others read ${String(items.length)}`);
    };
    const store = new InMemoryStore({
      pause: async () => {
        events.push('pause');
        // Others ask while the unit lets them in.
        if (events.includes('wrote one')) second ??= readAll();
        await Promise.resolve();
      },
    });
    await store.transact(async (unit) => {
      await unit.products.insert(aProduct({ name: 'one' }));
      events.push('wrote one');
      await unit.products.insert(aProduct({ name: 'two' }));
      events.push('wrote two');
    });
    await second;
    expect(events).toEqual([
      ...['pause', 'pause', 'wrote one', 'pause', 'wrote two'],
      ...['pause', 'pause', 'others read 2'],
    ]);
  });

  it('begins with the rows it is given, in the order of their age, and found by their groups', async () => {
    const store = new InMemoryStore({
      rows: [
        { table: 'outbox', key: 'm1', slot: { row: anOutboxMessage({ id: 'm1' }), position: 9 } },
        { table: 'outbox', key: 'm2', slot: { row: anOutboxMessage({ id: 'm2' }), position: 4 } },
        { table: 'plans', key: 'plan-1', slot: { row: aPlan(), position: 1 } },
      ],
    });
    const found = await store.transact(async (unit) => {
      await unit.outbox.add(anOutboxMessage({ id: 'm3' }));
      return {
        pending: (await unit.outbox.pending(['spoke-a'])).map(({ id }) => id),
        open: await unit.plans.openOf(['test-service-dev']),
      };
    });
    expect(found).toEqual({ pending: ['m2', 'm1', 'm3'], open: [aPlan()] });
  });
});
