import { CommitSignals } from '../commit-signals.js';
import { type CommitSignal, type Store, StoreUnavailable } from '../store.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { inMemoryUnitOfWork } from './in-memory-unit-of-work.js';
import { MemoryTables } from './memory-tables.js';
import { MemoryTransaction } from './memory-transaction.js';
import { pausingUnit } from './pausing-unit.js';
import { changesOf, loadRows, type RowChange } from './row-change.js';

/** How a store in memory outlives its process. By default it does not. */
export interface MemoryStoreOptions {
  /** What it holds from the start, each row once. */
  readonly rows?: Iterable<RowChange>;
  /**
   * Called with what a unit of work changed, if anything, before the unit counts: nobody reads it
   * until the promise resolves, and if it rejects the unit is rolled back and its caller gets the
   * error. Never called twice at once.
   */
  readonly persist?: (changes: readonly RowChange[]) => Promise<void>;
  /**
   * Waited for before each unit of work and before each of its statements: lets the process serve
   * others in between, but for this store. Without it works, which never wait for anything outside,
   * keep the process to themselves.
   */
  readonly pause?: () => Promise<void>;
}

/**
 * Keeps everything in this process until it ends. Works run strictly one after another, so a work
 * that calls `transact` itself waits for ever. What it answers is frozen.
 */
export class InMemoryStore implements Store {
  private readonly tables = new MemoryTables();
  private readonly signals = new CommitSignals();
  /** Settles when the last work that was asked for has ended. */
  private lastTurn: Promise<void> = Promise.resolve();
  private closed = false;
  private readonly persist: MemoryStoreOptions['persist'];
  private readonly pause: MemoryStoreOptions['pause'];

  constructor({ rows = [], persist, pause }: MemoryStoreOptions = {}) {
    loadRows(rows, this.tables);
    this.persist = persist;
    this.pause = pause;
  }

  async transact<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    if (this.closed) {
      throw new StoreUnavailable(
        'the store is closed; the hub is shutting down, so ask another one',
      );
    }
    const turn = this.lastTurn.then(() => this.run(work));
    this.lastTurn = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }

  onCommit(listener: (signal: CommitSignal) => void): () => void {
    return this.signals.subscribe(listener);
  }

  /** There are none. */
  hearsOthers(): boolean {
    return true;
  }

  async ready(): Promise<boolean> {
    return !this.closed;
  }

  /** Lets the works that were asked for before it end. */
  async close(): Promise<void> {
    this.closed = true;
    await this.lastTurn;
  }

  private async run<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    await this.pause?.();
    const transaction = new MemoryTransaction();
    try {
      const unit = inMemoryUnitOfWork(this.tables, transaction);
      const answer = await work(this.pause === undefined ? unit : pausingUnit(unit, this.pause));
      transaction.end();
      await this.keep(transaction);
      const signal = transaction.signals.signal();
      if (signal !== undefined) this.signals.emit(signal);
      return answer;
    } catch (error) {
      transaction.rollback();
      throw error;
    }
  }

  private async keep(transaction: MemoryTransaction): Promise<void> {
    if (this.persist === undefined) return;
    const changes = changesOf(transaction, this.tables);
    if (changes.length > 0) await this.persist(changes);
  }
}
