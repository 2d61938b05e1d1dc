import { setTimeout as pause } from 'node:timers/promises';
import {
  type CommitSignal,
  CommitSignals,
  MISSED,
  type Store,
  StoreUnavailable,
  type UnitOfWork,
} from '@apollo-deploy/orchestration';
import type { Pool } from 'pg';
import { TransactionConflict, unavailable } from './database-failure.js';
import { DatabaseListener } from './database-listener.js';
import {
  type DatabaseSettings,
  listenerSettings,
  targetOf,
  transactionPool,
} from './database-settings.js';
import { type Committed, runTransaction } from './database-transaction.js';
import { migrateSchema } from './migrate-schema.js';

/** How often a work runs at most when other transactions are in its way. */
const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 10;

/**
 * Keeps everything in PostgreSQL. Any number of processes may use one database at once. A work that
 * met a deadlock, a serialization failure or a lock that took too long runs again, as a whole.
 */
export class DatabaseStore implements Store {
  private readonly signals = new CommitSignals();
  private readonly listener: DatabaseListener;
  private readonly running = new Set<Promise<unknown>>();
  private closed: Promise<void> | undefined;

  private constructor(
    private readonly pool: Pool,
    private readonly target: string,
    settings: DatabaseSettings,
  ) {
    const backends = backendsOf(pool);
    this.listener = new DatabaseListener({
      connection: listenerSettings(settings),
      isOwn: (processId) => backends.has(processId),
      onSignal: (signal) => {
        this.signals.emit(signal);
      },
      onLost: settings.onConnectionLost ?? (() => undefined),
    });
  }

  /**
   * Connects, brings the schema to this version, and answers the store. Throws `StoreUnavailable` if
   * the database cannot be reached, and `SchemaTooNew` if a newer version of Apollo has been here.
   */
  static async open(settings: DatabaseSettings): Promise<DatabaseStore> {
    await migrateSchema(settings);
    const target = targetOf(settings);
    const pool = transactionPool(settings);
    // Before its first connection, so that it knows all of them.
    const store = new DatabaseStore(pool, target, settings);
    try {
      await pool.query('SELECT 1');
    } catch (error) {
      await pool.end();
      throw unavailable(target, error);
    }
    await store.listener.start();
    return store;
  }

  async transact<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    if (this.closed !== undefined) {
      throw new StoreUnavailable(
        'the store is closed; the hub is shutting down, so ask another one',
      );
    }
    const run = this.runUntilSettled(work);
    this.running.add(run);
    try {
      const { answer, signal } = await run;
      if (signal !== undefined) this.signals.emit(signal);
      return answer;
    } catch (error) {
      // It may have been kept all the same.
      if (error instanceof StoreUnavailable) this.signals.emit(MISSED);
      throw error;
    } finally {
      this.running.delete(run);
    }
  }

  onCommit(listener: (signal: CommitSignal) => void): () => void {
    return this.signals.subscribe(listener);
  }

  hearsOthers(): boolean {
    return this.listener.listening;
  }

  async ready(): Promise<boolean> {
    if (this.closed !== undefined) return false;
    try {
      await this.pool.query('SELECT 1');
      return true;
    } catch {
      return false;
    }
  }

  /** Lets the works that were asked for before it end. */
  close(): Promise<void> {
    this.closed ??= this.drain();
    return this.closed;
  }

  private async drain(): Promise<void> {
    await Promise.allSettled(this.running);
    await this.listener.close();
    await this.pool.end();
  }

  private async runUntilSettled<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<Committed<T>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await runTransaction(this.pool, this.target, work);
      } catch (error) {
        if (!(error instanceof TransactionConflict)) throw error;
        if (attempt === ATTEMPTS) throw unavailable(this.target, error);
        await pause(Math.random() * FIRST_PAUSE_MS * 2 ** attempt);
      }
    }
  }
}

/** The numbers of the server's processes that work for a pool. */
function backendsOf(pool: Pool): ReadonlySet<number> {
  const numbers = new Set<number>();
  pool.on('connect', (client) => numbers.add(processIdOf(client)));
  pool.on('remove', (client) => numbers.delete(processIdOf(client)));
  return numbers;
}

/** The driver has no type for it. */
function processIdOf(client: object): number {
  return (client as { readonly processID: number }).processID;
}
