import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dumpSchema } from './schema-dump.js';
import { testDatabase, type TestDatabase } from './test-database.js';

const SCHEMA = join(import.meta.dirname, '..', '..', '..', '..', 'migrations', 'schema.sql');

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await database.drop();
});

describe('migrations/schema.sql', () => {
  it('is what the migrations make (write it anew with APOLLO_WRITE_SCHEMA=1)', async () => {
    const dump = await dumpSchema(database);
    if (process.env['APOLLO_WRITE_SCHEMA'] === '1') await writeFile(SCHEMA, dump);
    expect(await readFile(SCHEMA, 'utf8')).toBe(dump);
  });
});
