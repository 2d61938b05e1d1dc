import { addRecall, type Context, type Store } from '@apollo-deploy/orchestration';
import { EngineWorld, PERSON, SUCCEEDED } from '@apollo-deploy/orchestration/testing';

/** What `runningAria` has on spoke `dev`, as a report says it. */
export const RUNS = { version: '1.0.0', revision: 1 } as const;

/** A world whose entity `aria-dev` follows channel `dev` and has come to 1.0.0 by a plan. */
export async function runningAria(store: Store): Promise<EngineWorld> {
  const world = await EngineWorld.build({}, store);
  await world.connect();
  await world.report({});
  await world.entity();
  await world.settle();
  await world.result((await world.lastPlan()).id, SUCCEEDED, RUNS);
  await world.settle();
  return world;
}

/** Recalls what `runningAria` runs. */
export function recallAria(context: Context): ReturnType<typeof addRecall> {
  const reason = 'It loses orders';
  const recall = { product: 'aria', range: RUNS.version, strategy: 'forward', reason } as const;
  return addRecall(context, PERSON, recall);
}
