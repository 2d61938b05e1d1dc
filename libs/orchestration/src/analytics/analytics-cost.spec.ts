import { describe, expect, it } from '@jest/globals';
import { countsOfEnding } from '@apollo-deploy/domain';
import { InMemoryStore } from '../ports/in-memory/in-memory-store.js';
import type { RowChange } from '../ports/in-memory/row-change.js';
import { EngineWorld, SUCCEEDED } from '../testing/engine-world.js';
import { aPlan } from '../testing/records/plan-records.js';
import { planAnalytics } from './plan-analytics.js';

const JANUARY = { from: '2026-01-01', to: '2026-02-01' };

interface Cost {
  /** Rows that the transaction wrote which ended one more plan. */
  readonly written: number;
  /** Rows there are to read for the range. */
  readonly kept: number;
}

/** What it costs to end a plan, and to read, after so many like it have ended. */
async function costAfter(endings: number): Promise<Cost> {
  const kept = new Set<string>();
  let last: readonly RowChange[] = [];
  const store = new InMemoryStore({
    persist: (changes) => {
      last = changes;
      for (const { table, key } of changes) if (table === 'planCounts') kept.add(key);
      return Promise.resolve();
    },
  });
  const world = await EngineWorld.build({}, store);
  const started = world.clock.now();
  await store.transact(async (unit) => {
    for (let n = 0; n < endings; n += 1) {
      const plan = aPlan({
        product: 'aria',
        state: 'SUCCEEDED',
        startedAt: started.toISOString(),
        endedAt: new Date(started.getTime() + 10_000 + (n % 10) * 1_000).toISOString(),
      });
      await unit.analytics.add(countsOfEnding('EXECUTING', plan));
    }
  });
  await world.connect();
  await world.report({});
  await world.entity();
  await world.settle();
  world.clock.advance(12_000);
  await world.result((await world.lastPlan()).id, SUCCEEDED, { version: '1.0.0', revision: 1 });
  const { groups } = await planAnalytics(world.context, 'type', JANUARY);
  expect(groups).toMatchObject([{ key: 'install', total: endings + 1 }]);
  return { written: last.length, kept: kept.size };
}

describe('the cost of analytics', () => {
  it('is the same for the next plan, and for who reads, after 10 plans and after 10,000', async () => {
    const [few, many] = [await costAfter(10), await costAfter(10_000)];
    expect(many).toEqual(few);
    // Three counters, and one more for each second in which plans of 10 to 19 s ended.
    expect(few.kept).toBe(3 + 10);
  });
});
