import { StoreDecorator } from '../ports/store-decorator.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** Counts what is asked of a store: each call of a repository is a statement or a few. */
export class CountingStore extends StoreDecorator {
  transactions = 0;
  calls = 0;
  /** False: other processes are not heard. */
  hears = true;
  /** While it is set, the store cannot be reached, and this is why. */
  away: Error | undefined;

  transact<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    this.transactions += 1;
    if (this.away !== undefined) return Promise.reject(this.away);
    return this.store.transact((unit) => work(this.counted(unit)));
  }

  override hearsOthers(): boolean {
    return this.hears && super.hearsOthers();
  }

  /** What is counted while something runs. */
  async during(run: () => Promise<unknown>): Promise<{ transactions: number; calls: number }> {
    const before = { transactions: this.transactions, calls: this.calls };
    await run();
    return {
      transactions: this.transactions - before.transactions,
      calls: this.calls - before.calls,
    };
  }

  private counted(unit: UnitOfWork): UnitOfWork {
    const note = (): void => {
      this.calls += 1;
    };
    const repositories = Object.entries(unit) as readonly (readonly [string, object])[];
    const counted = repositories.map(([name, one]) => [name, counting(one, note)] as const);
    return Object.fromEntries(counted) as unknown as UnitOfWork;
  }
}

function counting<T extends object>(repository: T, note: () => void): T {
  return new Proxy(repository, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...parameters: unknown[]): unknown => {
        note();
        return Reflect.apply(member, target, parameters);
      };
    },
  });
}
