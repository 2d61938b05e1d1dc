import {
  type CommitSignal,
  InMemoryStore,
  MISSED,
  type Outbox,
  type OutboxMessage,
  type SpokeRecord,
  type Store,
  StoreUnavailable,
  type UnitOfWork,
} from '@apollo-deploy/orchestration';

/** A store in memory that can be looked into, be away, stand still or keep its commits to itself. */
export class SceneStore implements Store {
  /** Thrown, once each, before it works again. */
  readonly failures: Error[] = [];
  /** Set to throw `StoreUnavailable` for as long as it is set. */
  away = false;
  /** Set to let nothing begin before it resolves. */
  gate: Promise<void> | undefined;
  /** Set to signal no commit, as if another replica had made it that is not heard. */
  deaf = false;
  /** Ids of the messages that each look into the outbox has read, other than by this class. */
  readonly outboxReads: (readonly string[])[] = [];
  private readonly listeners: ((signal: CommitSignal) => void)[] = [];
  private readonly store = new InMemoryStore();

  async transact<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    await this.gate;
    if (this.away) throw new StoreUnavailable('the store does not answer');
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    return this.store.transact((unit) => work({ ...unit, outbox: this.watched(unit.outbox) }));
  }

  onCommit(listener: (signal: CommitSignal) => void): () => void {
    this.listeners.push(listener);
    return this.store.onCommit((signal) => {
      if (!this.deaf) listener(signal);
    });
  }

  /** Says that commits of others may have gone by unheard. */
  miss(): void {
    for (const listener of this.listeners) listener(MISSED);
  }

  hearsOthers(): boolean {
    return !this.deaf;
  }

  ready(): Promise<boolean> {
    return this.store.ready();
  }

  close(): Promise<void> {
    return this.store.close();
  }

  spoke(name = 'dev'): Promise<SpokeRecord | undefined> {
    return this.store.transact((unit) => unit.spokes.get(name));
  }

  async changeSpoke(name: string, change: Partial<SpokeRecord>): Promise<void> {
    await this.store.transact(async (unit) => {
      const stored = await unit.spokes.lock(name);
      if (stored !== undefined) await unit.spokes.save({ ...stored, ...change });
    });
  }

  async addToOutbox(message: OutboxMessage): Promise<void> {
    await this.store.transact((unit) => unit.outbox.add(message));
  }

  outboxOf(spoke = 'dev'): Promise<readonly OutboxMessage[]> {
    return this.store.transact((unit) => unit.outbox.pending([spoke]));
  }

  /** Names of the releases that are stored of a spoke. */
  async releasesOf(spoke = 'dev'): Promise<readonly string[]> {
    const states = await this.store.transact((unit) => unit.releaseStates.ofSpoke(spoke));
    return states.map(({ releaseName }) => releaseName).sort();
  }

  /** What was done to something, such as `plan/id-1`, oldest first. */
  async auditOf(subject: string): Promise<readonly string[]> {
    const page = await this.store.transact((unit) => unit.audit.list({ subject }, { limit: 200 }));
    return page.items.map(({ action }) => action);
  }

  private watched(outbox: Outbox): Outbox {
    return {
      add: (message) => outbox.add(message),
      pending: async (spokes, skip) => {
        const read = await outbox.pending(spokes, skip);
        this.outboxReads.push(read.map(({ id }) => id));
        return read;
      },
      acknowledge: (spoke, id) => outbox.acknowledge(spoke, id),
      removeOfPlan: (planId) => outbox.removeOfPlan(planId),
    };
  }
}
