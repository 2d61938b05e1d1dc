import { Client } from 'pg';
import { DatabaseSession } from '../database/database-session.js';
import type { TestDatabase } from './test-database.js';

/** The reading statements of a test file, while they are held to their word. */
export interface ReadOnlyReads {
  /** How many different statements there were. */
  readonly checked: () => number;
  end(): Promise<void>;
}

/**
 * From now on every statement that a unit of work only reads by is also sent, once, on a connection
 * that may not write. The server refuses one that writes or locks, and the work fails with that.
 */
export async function readOnlyReads(database: TestDatabase): Promise<ReadOnlyReads> {
  const client = new Client({
    connectionString: database.url,
    options: '-c default_transaction_read_only=on',
  });
  await client.connect();
  const checked = new Map<string, Promise<unknown>>();
  const original = Object.getOwnPropertyDescriptor(DatabaseSession.prototype, 'read')!;
  const read = original.value as DatabaseSession['read'];
  const checking: DatabaseSession['read'] = async function (
    this: DatabaseSession,
    statement,
    parameters = [],
  ) {
    if (!checked.has(statement)) checked.set(statement, client.query(statement, [...parameters]));
    await checked.get(statement);
    return Reflect.apply(read, this, [statement, parameters]);
  };
  Object.defineProperty(DatabaseSession.prototype, 'read', { ...original, value: checking });
  return {
    checked: () => checked.size,
    end: async () => {
      Object.defineProperty(DatabaseSession.prototype, 'read', original);
      await client.end();
    },
  };
}
