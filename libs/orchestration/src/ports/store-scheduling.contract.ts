import { describe, expect, it } from '@jest/globals';
import { anOccurrence } from '../testing/records/catalog-records.js';
import type { Lease } from './leases.js';
import type { Store } from './store.js';

const TTL_MS = 30_000;

export function describeStoredScheduling(store: () => Store): void {
  describeLeases(store);
  describeOccurrences(store);
}

function describeLeases(store: () => Store): void {
  const acquire = (holder: string, at: string, name = 'sweep', ttlMs = TTL_MS) =>
    store().transact((unit) => unit.leases.acquire({ name, holder, ttlMs, now: noon(at) }));
  const renew = (lease: Lease, at: string) =>
    store().transact((unit) => unit.leases.renew(lease, TTL_MS, noon(at)));
  const release = (lease: Lease) => store().transact((unit) => unit.leases.release(lease));
  const fence = (lease: Lease) => store().transact((unit) => unit.leases.fence(lease));
  const acquired = async (holder: string, at: string): Promise<Lease> => {
    const lease = await acquire(holder, at);
    if (lease === undefined) throw new Error(`${holder} was refused at ${at}`);
    return lease;
  };

  describe('a lease', () => {
    it('goes to the first who asks, and to nobody else while it lasts', async () => {
      const first = { name: 'sweep', holder: 'a', token: 1, until: noon('00:30.000') };
      expect(await acquire('a', '00:00.000')).toEqual(first);
      expect(await acquire('b', '00:00.000')).toBeUndefined();
      expect(await acquire('b', '00:29.999')).toBeUndefined();
      expect(await fence(first)).toBe(true);
    });

    it('passes on at the instant it runs out, with the next token', async () => {
      const first = await acquired('a', '00:00.000');
      const second = await acquire('b', '00:30.000');
      expect(second).toEqual({ name: 'sweep', holder: 'b', token: 2, until: noon('01:00.000') });
      expect(await fence(first)).toBe(false);
    });

    it('is told from leases of other names', async () => {
      await acquire('a', '00:00.000');
      expect(await acquire('b', '00:00.000', 'other')).toMatchObject({ holder: 'b', token: 1 });
    });

    it('lasts on when it is renewed, with the same token', async () => {
      const lease = await acquired('a', '00:00.000');
      const renewed = await renew(lease, '00:20.000');
      expect(renewed).toEqual({ ...lease, until: noon('00:50.000') });
      expect(await acquire('b', '00:49.999')).toBeUndefined();
      expect(await acquire('b', '00:50.000')).toMatchObject({ holder: 'b', token: 2 });
    });

    it('can be renewed late, as long as nobody has taken it', async () => {
      const lease = await acquired('a', '00:00.000');
      expect(await renew(lease, '05:00.000')).toMatchObject({ until: noon('05:30.000') });
    });

    it('refuses a holder that paused while it passed on: no write, no renewal, no release', async () => {
      const paused = await acquired('a', '00:00.000');
      const next = await acquired('b', '01:00.000');
      expect(await fence(paused)).toBe(false);
      expect(await renew(paused, '01:01.000')).toBeUndefined();
      await release(paused);
      expect(await fence(next)).toBe(true);
      expect(await acquire('a', '01:01.000')).toBeUndefined();
    });

    it('fences its holder against an earlier self', async () => {
      const before = await acquired('a', '00:00.000');
      const after = await acquire('a', '00:01.000');
      expect(after).toMatchObject({ holder: 'a', token: 2 });
      expect(await fence(before)).toBe(false);
    });

    it('is told from one of the same number that another holder had, and the store has lost', async () => {
      const lease = await acquired('a', '00:00.000');
      const lost = { ...lease, holder: 'b' };
      expect(await fence(lost)).toBe(false);
      expect(await renew(lost, '00:01.000')).toBeUndefined();
      await release(lost);
      expect(await fence(lease)).toBe(true);
    });

    it('is free at once when it is released, and its token never falls', async () => {
      const lease = await acquired('a', '00:00.000');
      await release(lease);
      expect(await fence(lease)).toBe(false);
      expect(await renew(lease, '00:01.000')).toBeUndefined();
      expect(await acquire('b', '00:01.000')).toMatchObject({ token: 2 });
    });

    it.each([
      { name: 'by a little: the holder keeps it', at: '08:00.000', takes: false },
      { name: 'so that it lies twice its length ahead: the same', at: '07:30.000', takes: false },
      { name: 'further than that: it may pass', at: '07:29.999', takes: true },
    ])('survives a clock that was turned back $name', async ({ at, takes }) => {
      await acquire('a', '08:00.000');
      expect((await acquire('b', at)) !== undefined).toBe(takes);
    });

    it('is not held for ever by a clock that was an hour ahead', async () => {
      const ahead = await acquired('a', '50:00.000');
      expect(await acquire('b', '00:00.000')).toMatchObject({ holder: 'b', token: 2 });
      expect(await fence(ahead)).toBe(false);
    });

    it('goes to one of two who ask at once', async () => {
      const both = await Promise.all([acquire('a', '00:00.000'), acquire('b', '00:00.000')]);
      expect(both.filter((lease) => lease !== undefined)).toHaveLength(1);
    });

    it('is as it was when the transaction that took it fails', async () => {
      const lease = await acquired('a', '00:00.000');
      const work = store().transact(async (unit) => {
        await unit.leases.acquire({ name: 'sweep', holder: 'b', ttlMs: 1, now: noon('10:00.000') });
        throw new Error('no');
      });
      await expect(work).rejects.toThrow('no');
      expect(await fence(lease)).toBe(true);
    });
  });
}

function describeOccurrences(store: () => Store): void {
  const claim = (change: Parameters<typeof anOccurrence>[0] = {}) =>
    store().transact((unit) => unit.occurrences.claim(anOccurrence(change)));

  describe('an occurrence of a schedule', () => {
    it('is claimed once for ever', async () => {
      expect(await claim()).toBe(true);
      expect(await claim()).toBe(false);
      expect(await claim({ endsAt: noon('09:00.000'), missed: 3 })).toBe(false);
    });

    it('is the same instant in whatever zone it is told', async () => {
      expect(await claim({ startsAt: '2026-03-02T12:00:00.000Z' })).toBe(true);
      expect(await claim({ startsAt: '2026-03-02T13:00:00+01:00' })).toBe(false);
    });

    it('is told from other starts, and from other schedules', async () => {
      expect(await claim()).toBe(true);
      expect(await claim({ startsAt: noon('01:00.000') })).toBe(true);
      expect(await claim({ schedule: 'constraint-2' })).toBe(true);
    });

    it('is claimed by one of many who try at once', async () => {
      const claims = await Promise.all(Array.from({ length: 8 }, () => claim()));
      expect(claims.filter((won) => won)).toHaveLength(1);
    });

    it('can be claimed again if the transaction that claimed it failed', async () => {
      const work = store().transact(async (unit) => {
        await unit.occurrences.claim(anOccurrence());
        throw new Error('the audit entry was refused');
      });
      await expect(work).rejects.toThrow('the audit entry was refused');
      expect(await claim()).toBe(true);
    });

    it('is found as the newest of its schedule up to an instant', async () => {
      const newest = await store().transact(async (unit) => {
        for (const startsAt of ['03:00.000', '01:00.000', '02:00.000']) {
          await unit.occurrences.claim(anOccurrence({ startsAt: noon(startsAt) }));
        }
        await unit.occurrences.claim(anOccurrence({ schedule: 'b', startsAt: noon('09:00.000') }));
        const asked = ['constraint-1', 'b', 'unknown', 'b'];
        return [
          await unit.occurrences.newest(asked, noon('02:59.999')),
          await unit.occurrences.newest(asked, noon('09:00.000')),
          await unit.occurrences.newest([], noon('09:00.000')),
        ];
      });
      expect(newest.map((one) => Object.fromEntries(one))).toEqual([
        { 'constraint-1': noon('02:00.000') },
        { 'constraint-1': noon('03:00.000'), b: noon('09:00.000') },
        {},
      ]);
    });
  });
}

function noon(minutes: string): string {
  return `2026-03-02T12:${minutes}Z`;
}
