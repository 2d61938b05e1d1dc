import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aReleaseState } from '@apollo-deploy/orchestration/testing';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { DatabaseStore } from './database-store.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

describe('the summary of a release state', () => {
  it('leaves objects, pods and further drift in the database', async () => {
    const store = await DatabaseStore.open({ url: database.url });
    const state = aReleaseState({
      report: {
        head: { revision: 1 },
        health: 'Degraded',
        objects: Array.from({ length: 500 }, (_, index) => ({
          kind: 'Secret',
          name: `s-${index}`,
        })),
        pods: [{ name: 'pod' }],
        drift: [{ message: 'first' }, { message: 'second' }],
        observedAt: '2026-03-02T12:00:00.000Z',
      },
    });
    const summaries = await store.transact(async (unit) => {
      await unit.releaseStates.put([state]);
      return unit.releaseStates.summaries([state]);
    });
    await store.close();
    const report = { head: { revision: 1 }, health: 'Degraded', drift: [{ message: 'first' }] };
    expect(summaries).toEqual([{ ...state, report }]);
  });
});
