import { InMemoryStore } from '../ports/in-memory/in-memory-store.js';
import type { Store } from '../ports/store.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** What a store throws whose process is killed. */
export class Killed extends Error {}

/**
 * A store whose process is killed once, right before or right after one of the commits it is asked for;
 * and once more each time that it is told to.
 */
export class MortalStore implements Store {
  private readonly store = new InMemoryStore();
  /** While it counts, it may die. */
  counts = false;
  died = false;
  private commits = 0;

  constructor(
    private diesAt: number,
    private when: 'before' | 'after',
  ) {}

  /** It dies at a later commit, counted from here. */
  dieAgain(diesAt: number, when: 'before' | 'after'): void {
    this.diesAt = diesAt;
    this.when = when;
    this.died = false;
    this.commits = 0;
  }

  async transact<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    if (this.counts) this.commits += 1;
    const dies = this.counts && !this.died && this.commits === this.diesAt;
    if (dies) this.died = true;
    if (!dies) return this.store.transact(work);
    if (this.when === 'before') throw new Killed('killed before it was kept');
    await this.store.transact(work);
    throw new Killed('killed after it was kept');
  }

  onCommit: Store['onCommit'] = (listener) => this.store.onCommit(listener);
  hearsOthers = (): boolean => this.store.hearsOthers();
  ready = (): Promise<boolean> => this.store.ready();
  close = (): Promise<void> => this.store.close();
}
