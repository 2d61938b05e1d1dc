import { describe, expect, it } from '@jest/globals';
import { aPlan } from '../../testing/records/plan-records.js';
import type { PlanFilter } from '../plan-storage.js';
import { InMemoryPlanStorage } from './in-memory-plan-storage.js';
import { MemoryTables } from './memory-tables.js';
import { MemoryTransaction } from './memory-transaction.js';

/** Finished plans and one that executes, and how often a question goes through all of them. */
async function counted(): Promise<{
  readonly plans: InMemoryPlanStorage;
  readonly scans: () => number;
}> {
  const tables = new MemoryTables();
  const all = tables.plans.all.bind(tables.plans);
  let scans = 0;
  tables.plans.all = () => {
    scans += 1;
    return all();
  };
  const plans = new InMemoryPlanStorage(tables, new MemoryTransaction());
  for (const id of ['old-1', 'old-2']) await plans.insert(aPlan({ id, state: 'SUCCEEDED' }));
  await plans.insert(aPlan({ id: 'going', state: 'EXECUTING' }));
  return { plans, scans: () => scans };
}

const { entity, environment } = aPlan();

describe('plans in memory', () => {
  it.each<{ name: string; filter: PlanFilter; expected: number }>([
    {
      name: 'what executes in an environment',
      filter: { environment, state: 'EXECUTING' },
      expected: 1,
    },
    { name: 'what an entity had', filter: { entity, environment }, expected: 3 },
  ])('are not all looked at for $name', async ({ filter, expected }) => {
    const { plans, scans } = await counted();
    expect((await plans.list(filter, { limit: 10 })).items).toHaveLength(expected);
    expect(scans()).toBe(0);
  });
});
