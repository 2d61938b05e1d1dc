import type { Store, UnitOfWork } from '@apollo-deploy/orchestration';
import { type TestDatabase, WAITS_FOR_A_LOCK } from './test-database.js';

/** A place in a transaction: right after a statement of a repository has answered. */
export interface Moment {
  readonly repository: Exclude<keyof UnitOfWork, 'finish'>;
  readonly statement: string;
  /** Which of its answers, counted from 1 over all transactions of the store; absent = the first. */
  readonly time?: number;
}

/**
 * The same store, in which one thing happens in the middle of a transaction: at that moment `act` is
 * called, once, and the transaction goes on when that is over. So whoever is to race does so each time.
 */
export function meanwhile(
  store: Store,
  { repository, statement, time = 1 }: Moment,
  act: () => Promise<void>,
): Store {
  let answers = 0;
  const watched = (unit: UnitOfWork): UnitOfWork => {
    const original = Reflect.get(unit, repository) as object;
    const replaced = new Proxy(original, {
      get: (target, name): unknown => {
        const found: unknown = Reflect.get(target, name);
        if (typeof found !== 'function') return found;
        return async (...given: readonly unknown[]): Promise<unknown> => {
          const answer: unknown = await Reflect.apply(found, target, given);
          if (name === statement) answers += 1;
          if (name === statement && answers === time) await act();
          return answer;
        };
      },
    });
    return { ...unit, [repository]: replaced };
  };
  return {
    transact: (work) => store.transact((unit) => work(watched(unit))),
    onCommit: (listener) => store.onCommit(listener),
    hearsOthers: () => store.hearsOthers(),
    ready: () => store.ready(),
    close: () => store.close(),
  };
}

/** Work that is begun in the middle of somebody else's transaction, and may have to wait for its end. */
export class Rival<T> {
  private work: Promise<T> | undefined;

  constructor(
    private readonly database: Pick<TestDatabase, 'connections'>,
    private readonly run: () => Promise<T>,
  ) {}

  /** Begins it, and answers once it has ended or waits for a lock. */
  async begin(): Promise<void> {
    const over: true[] = [];
    this.work = this.run().finally(() => over.push(true));
    while (over.length === 0 && (await this.database.connections(WAITS_FOR_A_LOCK)) === 0);
  }

  /** What came of it. */
  answer(): Promise<T> {
    if (this.work === undefined) throw new Error('the moment at which it was to begin never came');
    return this.work;
  }
}
