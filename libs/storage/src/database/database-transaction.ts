import { type CommitSignal, StoreUnavailable, type UnitOfWork } from '@apollo-deploy/orchestration';
import type { PoolClient } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { messageOf, unavailable } from './database-failure.js';
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
  source: DataSource,
  target: string,
  work: (unit: UnitOfWork) => Promise<T>,
): Promise<Committed<T>> {
  const runner = source.createQueryRunner();
  try {
    const client = await begin(runner, target);
    const session = new DatabaseSession(runner, target);
    let answer: T;
    try {
      answer = await work(databaseUnitOfWork(session));
      await session.writeLast();
      await session.end();
      if (session.failure !== undefined) throw session.failure;
    } catch (error) {
      await session.end();
      await rollback(runner, client);
      throw session.failure ?? error;
    }
    await commit(runner, client, target);
    return { answer, signal: session.signals.signal() };
  } finally {
    await runner.release();
  }
}

async function begin(runner: QueryRunner, target: string): Promise<PoolClient> {
  try {
    const client = (await runner.connect()) as PoolClient;
    await runner.query('START TRANSACTION ISOLATION LEVEL READ COMMITTED');
    return client;
  } catch (error) {
    throw unavailable(target, error);
  }
}

/** The caller hears of what failed before; if this fails too, the server undoes it by itself. */
async function rollback(runner: QueryRunner, client: PoolClient): Promise<void> {
  try {
    await runner.query('ROLLBACK');
  } catch {
    drop(client);
  }
}

/** Never repeated by itself: whether the server kept the writes is not known if it does not say. */
async function commit(runner: QueryRunner, client: PoolClient, target: string): Promise<void> {
  try {
    await runner.query('COMMIT');
  } catch (cause) {
    drop(client);
    throw new StoreUnavailable(
      `the database ${target} did not say whether it kept the last writes: ${messageOf(cause)}; ` +
        'read what is stored before you try again',
      { cause },
    );
  }
}

/** Closes the connection, so that the pool gives it to nobody with half a transaction in it. */
function drop(client: PoolClient): void {
  (client as unknown as { end(done: () => void): void }).end(() => undefined);
}
