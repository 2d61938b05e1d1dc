import type { CommitSignal, UnitOfWork } from '@apollo-deploy/orchestration';
import type { Pool, PoolClient } from 'pg';
import { ClientTransaction } from './client-transaction.js';
import { unavailable } from './database-failure.js';
import { DatabaseSession } from './database-session.js';
import { databaseUnitOfWork } from './database-unit-of-work.js';

/** What a committed transaction answered, and what it leaves to do. */
export interface Committed<T> {
  readonly answer: T;
  readonly signal: CommitSignal | undefined;
}

/**
 * Runs a work once, in one transaction. Throws what failed first: a statement, or the work itself. A
 * work that catches the failure of a statement does not commit either.
 */
export async function runTransaction<T>(
  pool: Pool,
  target: string,
  work: (unit: UnitOfWork) => Promise<T>,
): Promise<Committed<T>> {
  const transaction = new ClientTransaction(await connect(pool, target), target);
  const session = new DatabaseSession(transaction);
  let failed = true;
  try {
    const answer = await work(databaseUnitOfWork(session));
    await session.writeLast();
    await session.end();
    if (session.failure !== undefined) throw session.failure;
    await transaction.commit();
    failed = false;
    return { answer, signal: session.signals.signal() };
  } catch (error) {
    await session.end();
    throw session.failure ?? error;
  } finally {
    await transaction.end(failed);
  }
}

async function connect(pool: Pool, target: string): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw unavailable(target, error);
  }
}
