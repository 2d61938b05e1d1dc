import type { Store } from '@apollo-deploy/orchestration';

/**
 * The same store, in which no work may run again: what a deadlock or a lock that took too long would
 * only have made slower fails.
 */
export function neverTwice(store: Store): Store {
  return {
    transact: (work) => {
      let runs = 0;
      return store.transact((unit) => {
        runs += 1;
        if (runs > 1) throw new Error('two transactions waited for each other, and one ran again');
        return work(unit);
      });
    },
    onCommit: (listener) => store.onCommit(listener),
    hearsOthers: () => store.hearsOthers(),
    ready: () => store.ready(),
    close: () => store.close(),
  };
}
