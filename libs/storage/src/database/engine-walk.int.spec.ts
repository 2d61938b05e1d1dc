import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InMemoryStore } from '@apollo-deploy/orchestration';
import { firstSteps, runWalk, seedsOf } from '@apollo-deploy/orchestration/testing';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { DatabaseStore } from './database-store.js';

/** `APOLLO_WALK_SEEDS=100-400` walks others than these. */
const SEEDS = seedsOf(process.env['APOLLO_WALK_SEEDS'] ?? '62-63');
const STEPS = Number(process.env['APOLLO_WALK_STEPS'] ?? 40);
const MINUTES = 60_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

describe('the same random walk through an engine', () => {
  it(
    'leads to the same decisions step by step in PostgreSQL as in memory',
    async () => {
      for (const seed of SEEDS) {
        const steps = firstSteps(STEPS);
        const inMemory = await runWalk({ seed, steps, store: new InMemoryStore() });
        await database.empty();
        const store = await DatabaseStore.open({ url: database.url });
        try {
          const walked = await runWalk({ seed, steps, store });
          expect({ seed, ...walked }).toEqual({ seed, ...inMemory });
        } finally {
          await store.close();
        }
      }
    },
    30 * MINUTES,
  );
});
