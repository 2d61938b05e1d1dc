/** @typedef {import('@apollo-deploy/orchestration').Store} Store */

/**
 * A store that counts what is asked of its repositories: each call is a statement at least, where the
 * store is a database.
 * @param {Store} store
 * @returns {{ store: Store, statements: () => number }}
 */
export function countingStore(store) {
  let count = 0;
  const countCalls = (/** @type {object} */ repository) =>
    new Proxy(repository, {
      get(target, name) {
        const member = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (/** @type {unknown[]} */ ...args) => {
          count += 1;
          return Reflect.apply(member, target, args);
        };
      },
    });
  const counted = (/** @type {object} */ unit) =>
    new Proxy(unit, { get: (target, name) => countCalls(Reflect.get(target, name)) });
  return {
    statements: () => count,
    store: {
      transact: (work) =>
        store.transact((unit) => work(/** @type {typeof unit} */ (counted(unit)))),
      onCommit: (listener) => store.onCommit(listener),
      hearsOthers: () => store.hearsOthers(),
      ready: () => store.ready(),
      close: () => store.close(),
    },
  };
}
