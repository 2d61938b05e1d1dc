import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeStore } from '@apollo-deploy/orchestration/testing';
import { type ReadOnlyReads, readOnlyReads } from '../testing/read-only-reads.js';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { DatabaseSession } from './database-session.js';
import { DatabaseStore } from './database-store.js';

let database: TestDatabase;
let reads: ReadOnlyReads;
beforeAll(async () => {
  database = await testDatabase();
  reads = await readOnlyReads(database);
});
afterAll(async () => {
  await reads.end();
  await database.drop();
});

describeStore('PostgreSQL', async () => {
  await database.empty();
  return DatabaseStore.open({ url: database.url });
});

describe('what a unit of work only reads by', () => {
  it.each([
    'DELETE FROM runs RETURNING entity',
    'WITH gone AS (DELETE FROM runs RETURNING entity) SELECT entity FROM gone',
    "SELECT nextval('plans_position_seq')",
  ])('is refused if it writes: %s', async (statement) => {
    const session = new DatabaseSession({ run: () => Promise.resolve([]) });
    await expect(session.read(statement)).rejects.toThrow('in a read-only transaction');
  });

  it('has been looked at', () => {
    expect(reads.checked()).toBeGreaterThan(50);
  });
});
