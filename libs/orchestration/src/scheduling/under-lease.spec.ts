import { describe, expect, it } from '@jest/globals';
import { InMemoryStore } from '../ports/in-memory/in-memory-store.js';
import type { Lease } from '../ports/leases.js';
import { LeaseLost, transactUnder } from './under-lease.js';

const store = new InMemoryStore();

async function acquire(holder: string, now: string): Promise<Lease> {
  const lease = await store.transact((unit) =>
    unit.leases.acquire({ name: 'sweep', holder, ttlMs: 30_000, now }),
  );
  if (lease === undefined) throw new Error(`${holder} was refused`);
  return lease;
}

describe('a work under a lease', () => {
  it('of a holder that paused until the lease passed on writes nothing', async () => {
    const paused = await acquire('a', '2026-03-02T12:00:00.000Z');
    await transactUnder(store, paused, (unit) => unit.dirty.mark(['before']));
    const next = await acquire('b', '2026-03-02T12:01:00.000Z');
    const late = transactUnder(store, paused, (unit) => unit.dirty.mark(['late']));
    await expect(late).rejects.toThrow(LeaseLost);
    await expect(late).rejects.toThrow('lease sweep has passed on since it was acquired');
    await transactUnder(store, next, (unit) => unit.dirty.mark(['after']));
    const marks = await store.transact((unit) => unit.dirty.take(10));
    expect(marks.map(({ entity }) => entity)).toEqual(['before', 'after']);
  });
});
