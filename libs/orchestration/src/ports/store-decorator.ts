import type { CommitSignal, Store } from './store.js';
import type { UnitOfWork } from './unit-of-work.js';

/** A store that does something besides in each transaction; everything else is as with the one behind it. */
export abstract class StoreDecorator implements Store {
  constructor(protected readonly store: Store) {}

  abstract transact<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T>;

  onCommit(listener: (signal: CommitSignal) => void): () => void {
    return this.store.onCommit(listener);
  }

  hearsOthers(): boolean {
    return this.store.hearsOthers();
  }

  ready(): Promise<boolean> {
    return this.store.ready();
  }

  close(): Promise<void> {
    return this.store.close();
  }
}
