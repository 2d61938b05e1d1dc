import {
  type CommitSignal,
  InMemoryStore,
  type Store,
  type UnitOfWork,
} from '@apollo-deploy/orchestration';

/** A store in memory that throws what it is given, once each, before it works again. */
export class FailingStore implements Store {
  readonly failures: Error[] = [];
  /** Set to signal no commit, as if another replica had made it. */
  deaf = false;
  private readonly store = new InMemoryStore();

  async transact<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    return this.store.transact(work);
  }

  onCommit(listener: (signal: CommitSignal) => void): () => void {
    return this.store.onCommit((signal) => {
      if (!this.deaf) listener(signal);
    });
  }

  ready(): Promise<boolean> {
    return this.store.ready();
  }

  close(): Promise<void> {
    return this.store.close();
  }
}
