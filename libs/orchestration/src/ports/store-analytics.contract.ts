import { describe, expect, it } from '@jest/globals';
import { InvariantViolation } from '@apollo-deploy/kernel';
import type { DayRange, PlanCount } from '@apollo-deploy/domain';
import { aPlan, aPlanCount } from '../testing/records/plan-records.js';
import { ANALYTICS_DIMENSIONS, type AnalyticsDimension } from './analytics-repository.js';
import type { Store } from './store.js';

const MARCH: DayRange = { from: '2026-03-01', to: '2026-04-01' };

export function describeStoredAnalytics(store: () => Store): void {
  const add = (...counts: readonly PlanCount[]) =>
    store().transact((unit) => unit.analytics.add(counts));
  const sums = async (by: AnalyticsDimension = 'type', days: DayRange = MARCH) => {
    const found = await store().transact((unit) => unit.analytics.sums(by, days));
    return found.map(({ key, counter, sum }) => [key, counter, sum]);
  };

  describe('analytics', () => {
    it('add to a counter that is there, also twice at once', async () => {
      await add(aPlanCount());
      await add(aPlanCount({ amount: 2 }), aPlanCount({ amount: 3 }));
      expect(await sums()).toEqual([['upgrade', 'succeeded', 6]]);
    });

    it('keep what adds up to more than 32 bits, exactly', async () => {
      const amount = 400 * 86_400_000;
      await add(aPlanCount({ counter: 'execution_ms', amount }));
      await add(aPlanCount({ counter: 'execution_ms', amount: amount + 1, product: 'aria' }));
      expect(await sums()).toEqual([['upgrade', 'execution_ms', 2 * amount + 1]]);
    });

    it('are summed up of some environments alone', async () => {
      await add(
        aPlanCount(),
        aPlanCount({ environment: 'prod', amount: 2 }),
        aPlanCount({ environment: 'staging', amount: 4 }),
      );
      const sumIn = async (environments: readonly string[]) => {
        const found = await store().transact((unit) =>
          unit.analytics.sums('type', MARCH, environments),
        );
        return found.map(({ sum }) => sum);
      };
      expect([await sumIn(['prod', 'staging']), await sumIn(['unknown']), await sumIn([])]).toEqual(
        [[6], [], []],
      );
    });

    it('know nothing before anything was counted', async () => {
      expect(await Promise.all(ANALYTICS_DIMENSIONS.map((by) => sums(by)))).toEqual([
        [],
        [],
        [],
        [],
      ]);
    });

    it.each([
      {
        by: 'type',
        expected: [
          ['install', 'failed', 1],
          ['upgrade', 'duration:10', 8],
          ['upgrade', 'succeeded', 6],
        ],
      },
      {
        by: 'product',
        expected: [
          ['aria', 'succeeded', 2],
          ['test-service', 'duration:10', 8],
          ['test-service', 'failed', 1],
          ['test-service', 'succeeded', 4],
        ],
      },
      {
        by: 'environment',
        expected: [
          ['dev', 'duration:10', 8],
          ['dev', 'failed', 1],
          ['dev', 'succeeded', 2],
          ['prod', 'succeeded', 4],
        ],
      },
      {
        by: 'day',
        expected: [
          ['2026-03-01', 'succeeded', 4],
          ['2026-03-02', 'duration:10', 8],
          ['2026-03-02', 'failed', 1],
          ['2026-03-02', 'succeeded', 2],
        ],
      },
    ] as const)('are summed up by $by, in order', async ({ by, expected }) => {
      await add(
        aPlanCount({ type: 'install', counter: 'failed' }),
        aPlanCount({ product: 'aria', amount: 2 }),
        aPlanCount({ day: '2026-03-01', environment: 'prod', amount: 4 }),
        aPlanCount({ counter: 'duration:10', amount: 8 }),
      );
      expect(await sums(by)).toEqual(expected);
    });

    it('take in the first day of a range, and not its end', async () => {
      const days = ['2026-02-28', '2026-03-01', '2026-03-02', '2026-03-03'];
      await add(...days.map((day) => aPlanCount({ day })));
      expect(await sums('day', { from: '2026-03-01', to: '2026-03-03' })).toEqual([
        ['2026-03-01', 'succeeded', 1],
        ['2026-03-02', 'succeeded', 1],
      ]);
    });

    it('are read back within the transaction that counts', async () => {
      await add(aPlanCount());
      const read = await store().transact(async (unit) => {
        await unit.analytics.add([aPlanCount()]);
        const first = await unit.analytics.sums('type', MARCH);
        await unit.analytics.add([aPlanCount()]);
        return [first, await unit.analytics.sums('type', MARCH)];
      });
      expect(read.map(([row]) => row?.sum)).toEqual([2, 3]);
      expect(await sums()).toEqual([['upgrade', 'succeeded', 3]]);
    });

    it('forget what was counted in a transaction that failed', async () => {
      await add(aPlanCount());
      const work = store().transact(async (unit) => {
        await unit.plans.insert(aPlan());
        await unit.analytics.add([aPlanCount(), aPlanCount({ product: 'aria' })]);
        throw new Error('the plan had ended before');
      });
      await expect(work).rejects.toThrow('the plan had ended before');
      expect(await sums()).toEqual([['upgrade', 'succeeded', 1]]);
    });

    it('are forgotten before a day, the oldest first, so many at a time', async () => {
      const days = ['2026-03-03', '2026-03-01', '2026-03-02'];
      await add(...days.map((day) => aPlanCount({ day })), aPlanCount({ day: '2026-03-04' }));
      const forget = (limit: number) =>
        store().transact((unit) => unit.analytics.forgetBefore('2026-03-04', limit));
      const kept = async () => (await sums('day')).map(([day]) => day);
      expect([await forget(2), await kept()]).toEqual([2, ['2026-03-03', '2026-03-04']]);
      expect([await forget(2), await kept()]).toEqual([1, ['2026-03-04']]);
      expect([await forget(2), await kept()]).toEqual([0, ['2026-03-04']]);
    });

    it('lose nothing where many count the same at once, in different orders', async () => {
      const products = ['a', 'b', 'c', 'd'];
      const writers = Array.from({ length: 20 }, (_, index) =>
        store().transact(async (unit) => {
          const order = index % 2 === 0 ? products : [...products].reverse();
          for (const product of order) await unit.analytics.add([aPlanCount({ product })]);
        }),
      );
      await Promise.all(writers);
      expect(await sums('product')).toEqual(products.map((name) => [name, 'succeeded', 20]));
    });

    it('are of no use once their transaction has ended', async () => {
      const leaked = await store().transact((unit) => Promise.resolve({ unit }));
      await expect(leaked.unit.analytics.add([aPlanCount()])).rejects.toThrow(InvariantViolation);
      await expect(leaked.unit.analytics.sums('type', MARCH)).rejects.toThrow(InvariantViolation);
      expect(await sums()).toEqual([]);
    });
  });
}
