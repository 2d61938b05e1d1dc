import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InvariantViolation } from '@apollo-deploy/kernel';
import { aProduct, anEnvironment } from '../testing/records/catalog-records.js';
import { aPlan, aPlanCount } from '../testing/records/plan-records.js';
import { anAuditEntry, anEvent, anOutboxMessage } from '../testing/records/trail-records.js';
import { describeStoredAnalytics } from './store-analytics.contract.js';
import { describeStoredCatalog } from './store-catalog.contract.js';
import { describeStoredConstraints } from './store-constraints.contract.js';
import { describeStoredEvents } from './store-events.contract.js';
import { describeStoredFleet } from './store-fleet.contract.js';
import { describeRandomPlans } from './store-plans-model.contract.js';
import { describeStoredPlans } from './store-plans.contract.js';
import { describeStoredRecalls } from './store-recalls.contract.js';
import { describeStoredQueues } from './store-queues.contract.js';
import { describeStoredRestraints } from './store-restraints.contract.js';
import { describeStoredScheduling } from './store-scheduling.contract.js';
import { describeStoredRollbacks } from './store-rollbacks.contract.js';
import { describeWaiting } from './store-waiting.contract.js';
import { describeStoredBackups } from './store-backups.contract.js';
import { describeStoredRuns } from './store-runs.contract.js';
import { type CommitSignal, type Store, StoreUnavailable } from './store.js';
import type { UnitOfWork } from './unit-of-work.js';

/** What every `Store` promises. `open` is called before each test and answers an empty store. */
export function describeStore(name: string, open: () => Promise<Store>): void {
  describe(`store: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(async () => {
      await store.close();
    });

    describeTransactions(() => store);
    describeCommitSignals(() => store);
    describeStoredAnalytics(() => store);
    describeStoredCatalog(() => store);
    describeStoredConstraints(() => store);
    describeStoredEvents(() => store);
    describeStoredRecalls(() => store);
    describeStoredFleet(() => store);
    describeStoredPlans(() => store);
    describeRandomPlans(() => store);
    describeStoredQueues(() => store);
    describeStoredRestraints(() => store);
    describeStoredScheduling(() => store);
    describeStoredRollbacks(() => store);
    describeWaiting(() => store);
    describeStoredRuns(() => store);
    describeStoredBackups(() => store);
  });
}

function describeTransactions(store: () => Store): void {
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

function describeCommitSignals(store: () => Store): void {
  describe('a commit', () => {
    const SIGNALS: {
      name: string;
      write: (unit: UnitOfWork) => Promise<void>;
      expected: readonly CommitSignal[];
    }[] = [
      {
        name: 'nothing, for writes that leave nothing to do',
        write: (unit) => unit.audit.append(anAuditEntry()),
        expected: [],
      },
      {
        name: 'that entities were marked',
        write: (unit) => unit.dirty.mark(['a', 'b']),
        expected: [{ dirty: true, outbox: [], events: false }],
      },
      {
        name: 'nothing, for a mark of no entity',
        write: (unit) => unit.dirty.mark([]),
        expected: [],
      },
      {
        name: 'each spoke once that messages were written for',
        write: async (unit) => {
          await unit.outbox.add(anOutboxMessage({ id: 'm1', spoke: 'spoke-b' }));
          await unit.outbox.add(anOutboxMessage({ id: 'm2', spoke: 'spoke-a' }));
          await unit.outbox.add(anOutboxMessage({ id: 'm3', spoke: 'spoke-b' }));
        },
        expected: [{ dirty: false, outbox: ['spoke-b', 'spoke-a'], events: false }],
      },
      {
        name: 'that events were written',
        write: (unit) => unit.events.append([anEvent()]),
        expected: [{ dirty: false, outbox: [], events: true }],
      },
      {
        name: 'nothing, for no event',
        write: (unit) => unit.events.append([]),
        expected: [],
      },
    ];
    it.each(SIGNALS)('tells its listeners $name', async ({ write, expected }) => {
      const heard: CommitSignal[] = [];
      store().onCommit((signal) => heard.push(signal));
      await store().transact(write);
      await store().transact((unit) => unit.products.list({ limit: 1 }));
      expect(heard).toEqual(expected);
    });

    it('tells after its writes can be read, not before', async () => {
      const seen = new Promise<readonly string[]>((resolve, reject) => {
        store().onCommit(() => {
          store()
            .transact((unit) => unit.outbox.pending(['spoke-a']))
            .then((messages) => messages.map(({ id }) => id))
            .then(resolve, reject);
        });
      });
      let told = false;
      store().onCommit(() => {
        told = true;
      });
      await store().transact(async (unit) => {
        await unit.outbox.add(anOutboxMessage({ id: 'm1' }));
        await unit.outbox.pending(['spoke-a']);
        expect(told).toBe(false);
      });
      expect(told).toBe(true);
      expect(await seen).toEqual(['m1']);
    });

    it('tells nobody of what was rolled back, nor who has stopped listening', async () => {
      const heard: string[] = [];
      const stop = store().onCommit(() => heard.push('first'));
      store().onCommit(() => heard.push('second'));
      const work = store().transact(async (unit) => {
        await unit.dirty.mark(['a']);
        throw new Error('no');
      });
      await expect(work).rejects.toThrow('no');
      expect(heard).toEqual([]);
      stop();
      await store().transact((unit) => unit.dirty.mark(['a']));
      expect(heard).toEqual(['second']);
    });
  });
}
