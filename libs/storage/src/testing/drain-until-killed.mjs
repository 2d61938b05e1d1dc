// A replica that evaluates what is marked in a database, and stops for ever in the middle of its first
// batch: `node … URL PLANS`. Prints `middle` after so many plans of the batch were written, none of
// them committed; then it waits to be killed.
import { writeSync } from 'node:fs';
import { OrchestrationEngine } from '@apollo-deploy/orchestration';
import { openStore } from '../../dist/index.js';

/** @typedef {import('@apollo-deploy/orchestration').UnitOfWork} UnitOfWork */

const [, , url = '', plansBeforeIt = '1'] = process.argv;
const database = await openStore('database', { url });
let written = 0;
let ids = 0;

/** @type {import('@apollo-deploy/orchestration').Store} */
const store = {
  transact: (work) => database.transact((unit) => work({ ...unit, plans: stopping(unit.plans) })),
  onCommit: (listener) => database.onCommit(listener),
  hearsOthers: () => database.hearsOthers(),
  ready: () => database.ready(),
  close: () => database.close(),
};

/**
 * @param {UnitOfWork['plans']} plans
 * @returns {UnitOfWork['plans']}
 */
function stopping(plans) {
  const insert = plans.insert.bind(plans);
  return Object.assign(plans, {
    /** @param {Parameters<typeof insert>[0]} plan */
    insert: async (plan) => {
      const inserted = await insert(plan);
      written += 1;
      if (written === Number(plansBeforeIt)) {
        // At once, and not when the process next has time.
        writeSync(1, 'middle\n');
        await new Promise(() => setInterval(() => undefined, 60_000));
      }
      return inserted;
    },
  });
}

const context = {
  store,
  clock: { now: () => new Date('2026-01-05T09:00:00.000Z') },
  ids: { next: () => `killed-${(ids += 1)}` },
  startedAt: new Date(0),
};
await new OrchestrationEngine(context, (entity, error) => {
  throw new Error(`the evaluation of ${entity} met a bug`, { cause: error });
}).drainOnce();
