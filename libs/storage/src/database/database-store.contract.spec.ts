import { afterAll, beforeAll } from '@jest/globals';
import { describeStore } from '@apollo-deploy/orchestration/testing';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { DatabaseStore } from './database-store.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await database.drop();
});

describeStore('PostgreSQL', async () => {
  await database.empty();
  return DatabaseStore.open({ url: database.url });
});
