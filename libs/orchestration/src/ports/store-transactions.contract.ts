import { describe, expect, it } from '@jest/globals';
import { InvariantViolation } from '@apollo-deploy/kernel';
import { aProduct, anEnvironment } from '../testing/records/catalog-records.js';
import { aPlan, aPlanCount } from '../testing/records/plan-records.js';
import { anAuditEntry, anOutboxMessage } from '../testing/records/trail-records.js';
import { type Store, StoreUnavailable } from './store.js';
import type { UnitOfWork } from './unit-of-work.js';

export function describeTransactions(store: () => Store): void {
  describe('a transaction', () => {
    it('answers what its work answers, and keeps what it wrote', async () => {
      const answer = await store().transact(async (unit) => {
        await unit.products.insert(aProduct());
        return 42;
      });
      expect(answer).toBe(42);
      expect(await store().transact((unit) => unit.products.get('test-service'))).toEqual(
        aProduct(),
      );
    });

    it('reads its own writes', async () => {
      const read = await store().transact(async (unit) => {
        await unit.environments.insert(anEnvironment({ name: 'prod' }));
        return unit.environments.get('prod');
      });
      expect(read).toEqual(anEnvironment({ name: 'prod' }));
    });

    it('leaves nothing behind when its work throws', async () => {
      await store().transact((unit) => unit.products.insert(aProduct({ owner: 'before' })));
      const failure = new Error('the work gave up');
      const work = store().transact(async (unit) => {
        const product = await unit.products.get('test-service');
        await unit.products.save({ ...product!, owner: 'after' });
        await unit.environments.insert(anEnvironment());
        await unit.charts.put('c1', new Uint8Array([1]));
        await unit.plans.insert(aPlan());
        await unit.dirty.mark(['test-service-dev']);
        await unit.outbox.add(anOutboxMessage());
        await unit.audit.append(anAuditEntry());
        throw failure;
      });
      await expect(work).rejects.toBe(failure);
      const left = await store().transact(async (unit) => ({
        product: await unit.products.get('test-service'),
        environment: await unit.environments.get('dev'),
        chart: await unit.charts.get('c1'),
        open: await unit.plans.openOf(['test-service-dev']),
        dirty: await unit.dirty.take(10),
        outbox: await unit.outbox.pending(['spoke-a']),
        audit: await unit.audit.list({}, { limit: 10 }),
      }));
      expect(left).toEqual({
        product: aProduct({ owner: 'before' }),
        environment: undefined,
        chart: undefined,
        open: [],
        dirty: [],
        outbox: [],
        audit: { items: [] },
      });
    });

    it('puts removed rows back when its work throws', async () => {
      await store().transact(async (unit) => {
        await unit.outbox.add(anOutboxMessage({ id: 'm1' }));
        await unit.outbox.add(anOutboxMessage({ id: 'm2' }));
      });
      const work = store().transact(async (unit) => {
        await unit.outbox.acknowledge('spoke-a', 'm1');
        throw new Error('the connection of the spoke broke');
      });
      await expect(work).rejects.toThrow('the connection of the spoke broke');
      const pending = await store().transact((unit) => unit.outbox.pending(['spoke-a']));
      expect(pending.map(({ id }) => id)).toEqual(['m1', 'm2']);
    });

    it('lets its work read several things at once', async () => {
      const read = await store().transact(async (unit) => {
        await Promise.all([
          unit.products.insert(aProduct()),
          unit.environments.insert(anEnvironment()),
        ]);
        return Promise.all([unit.products.get('test-service'), unit.environments.get('dev')]);
      });
      expect(read).toEqual([aProduct(), anEnvironment()]);
    });

    it('makes its unit of work unusable when it has committed', async () => {
      const leaked = await store().transact((unit) => Promise.resolve({ unit }));
      await expect(leaked.unit.products.get('test-service')).rejects.toThrow(InvariantViolation);
      await expect(leaked.unit.products.insert(aProduct())).rejects.toThrow(InvariantViolation);
      expect(await store().transact((unit) => unit.products.list({ limit: 10 }))).toEqual({
        items: [],
      });
    });

    it('makes its unit of work unusable when it has rolled back', async () => {
      let leaked: UnitOfWork | undefined;
      const work = store().transact(async (unit) => {
        leaked = unit;
        return Promise.reject(new Error('no'));
      });
      await expect(work).rejects.toThrow('no');
      await expect(leaked!.dirty.mark(['a'])).rejects.toThrow(InvariantViolation);
    });

    it('keeps what was written before it finished, and what it finished with', async () => {
      const finished = await store().transact(async (unit) => {
        await unit.environments.insert(anEnvironment());
        await unit.analytics.add([aPlanCount()]);
        return unit.finish(() => unit.products.insert(aProduct()));
      });
      expect(finished).toEqual({ ok: true, value: aProduct() });
      const kept = await store().transact(async (unit) => ({
        environment: await unit.environments.get('dev'),
        product: await unit.products.get('test-service'),
        counts: await unit.analytics.sums('type', { from: '2000-01-01', to: '3000-01-01' }),
      }));
      expect(kept).toMatchObject({ environment: anEnvironment(), product: aProduct() });
      expect(kept.counts).toHaveLength(1);
    });

    it('answers nothing after it has finished', async () => {
      const work = store().transact(async (unit) => {
        await unit.finish(() => unit.plans.get('plan-1'));
        await unit.products.insert(aProduct());
      });
      await expect(work).rejects.toThrow(InvariantViolation);
      expect(await store().transact((unit) => unit.products.list({ limit: 9 }))).toEqual({
        items: [],
      });
    });

    it('leaves nothing behind when what it would finish with fails', async () => {
      const work = store().transact(async (unit) => {
        await unit.products.insert(aProduct());
        await unit.finish(() => Promise.reject(new Error('the last question was none')));
      });
      await expect(work).rejects.toThrow('the last question was none');
      expect(await store().transact((unit) => unit.products.list({ limit: 9 }))).toEqual({
        items: [],
      });
    });

    it('is not touched by what a caller does to what it gave or got', async () => {
      const labels: Record<string, string> = { team: 'one' };
      const bytes = new Uint8Array([1, 2, 3]);
      await store().transact(async (unit) => {
        await unit.products.insert(aProduct({ labels }));
        await unit.charts.put('c1', bytes);
      });
      labels['team'] = 'two';
      bytes[0] = 9;
      const read = await store().transact(async (unit) => {
        const chart = await unit.charts.get('c1');
        chart?.fill(7);
        return {
          labels: (await unit.products.get('test-service'))?.labels,
          bytes: await unit.charts.get('c1'),
        };
      });
      expect(read.labels).toEqual({ team: 'one' });
      expect([...read.bytes!]).toEqual([1, 2, 3]);
    });

    it('is refused once the store is closed, which is no longer ready', async () => {
      expect(await store().ready()).toBe(true);
      await store().close();
      expect(await store().ready()).toBe(false);
      await expect(store().transact(() => Promise.resolve(1))).rejects.toThrow(StoreUnavailable);
    });

    it('refuses a page without items, and one of more than 200', async () => {
      for (const limit of [0, 201, 1.5]) {
        const list = store().transact((unit) => unit.products.list({ limit }));
        await expect(list).rejects.toThrow(InvariantViolation);
      }
      expect(await store().transact((unit) => unit.products.list({ limit: 200 }))).toEqual({
        items: [],
      });
    });
  });
}
