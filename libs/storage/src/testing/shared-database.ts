import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { DatabaseSettings } from '../database/database-settings.js';
import { DatabaseStore } from '../database/database-store.js';
import { testDatabase, type TestDatabase } from './test-database.js';

/** A database that all tests of a file share, and each finds empty. */
export interface SharedDatabase extends Omit<
  TestDatabase,
  'empty' | 'drop' | 'backUp' | 'restore' | 'holdWrites'
> {
  /** One more store on it, as another replica has; closed after the test. */
  open(settings?: Partial<DatabaseSettings>): Promise<DatabaseStore>;
}

/** Makes one for the test file; call it once, at the top, before the file's own hooks. */
export function sharedDatabase(): SharedDatabase {
  let made: TestDatabase | undefined;
  const opened: DatabaseStore[] = [];
  const database = (): TestDatabase => {
    if (made === undefined) throw new Error('the database is there only while a test runs');
    return made;
  };
  beforeAll(async () => {
    made = await testDatabase();
  });
  beforeEach(() => database().empty());
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });
  afterAll(() => made?.drop());
  return {
    get url() {
      return database().url;
    },
    query: (statement, parameters) => database().query(statement, parameters),
    connections: (state) => database().connections(state),
    disconnectAll: () => database().disconnectAll(),
    open: async (settings = {}) => {
      const store = await DatabaseStore.open({ url: database().url, ...settings });
      opened.push(store);
      return store;
    },
  };
}
