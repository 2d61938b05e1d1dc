import { beforeEach, expect, it } from '@jest/globals';
import type { Plan } from '@apollo-deploy/domain';
import {
  AnnouncingStore,
  createEnvironment,
  OrchestrationEngine,
} from '@apollo-deploy/orchestration';
import {
  EngineWorld,
  must,
  OtherSpoke,
  PERSON,
  SUCCEEDED,
} from '@apollo-deploy/orchestration/testing';
import { sharedDatabase } from '../testing/shared-database.js';
import { WAITS_FOR_A_LOCK } from '../testing/test-database.js';
import type { DatabaseStore } from './database-store.js';

const ROUNDS = 30;

const database = sharedDatabase();
let stores: readonly [DatabaseStore, DatabaseStore];
beforeEach(async () => {
  stores = [await database.open(), await database.open()];
});

/** `aria`, of which one plan may execute at a time, in two environments where people start plans. */
async function build(): Promise<{
  world: EngineWorld;
  east: OtherSpoke;
  there: OrchestrationEngine;
}> {
  const world = await EngineWorld.build({ execution: 'manual' }, stores[0]);
  const { context } = world;
  must(
    await createEnvironment(context, PERSON, {
      name: 'east',
      tier: 'development',
      execution: 'manual',
    }),
  );
  await context.store.transact(async ({ products }) => {
    const aria = await products.get('aria');
    if (aria !== undefined) await products.save({ ...aria, maxConcurrent: 1 });
  });
  await world.connect();
  await world.report({});
  const east = await OtherSpoke.joinIn(world, 'east', 'east');
  await east.report();
  const store = new AnnouncingStore(stores[1], world.clock);
  const there = new OrchestrationEngine({ ...context, store }, (entity) => {
    throw new Error(`the evaluation of ${entity} met a bug`);
  });
  return { world, east, there };
}

/** Starts both, and lets neither past the lock of its environment before the other has come so far. */
async function atOnce(one: () => Promise<unknown>, other: () => Promise<unknown>): Promise<void> {
  let running: readonly Promise<unknown>[] = [];
  await stores[0].transact(async ({ environments }) => {
    await environments.lock('dev');
    await environments.lock('east');
    running = [one(), other()];
    while ((await database.connections(WAITS_FOR_A_LOCK)) < 2);
  });
  await Promise.all(running);
}

it(`two replicas that dispatch at once never exceed a product's limit, and forget nobody, in ${String(ROUNDS)} races`, async () => {
  const { world, east, there } = await build();
  const here = world.engine;
  for (let round = 0; round < ROUNDS; round += 1) {
    const values = { round };
    const seen = { version: '1.0.0', revision: round + 1, values };
    await world.entity({ channel: 'dev' }, values);
    await east.want({ channel: 'dev' }, values);
    await world.settle();
    const plans = [
      (await world.plans()).filter(({ spoke }) => spoke === 'dev').at(-1),
      await east.lastPlan(),
    ] as const;
    const finish = async ({ id, spoke }: Plan): Promise<void> =>
      spoke === 'east' ? east.succeed(id, seen) : world.result(id, SUCCEEDED, seen);
    const now = async (): Promise<readonly Plan[]> =>
      Promise.all(plans.map((plan) => world.planOf(plan?.id ?? '')));

    const [one, other] = plans;
    await atOnce(
      () => here.executePlan(PERSON, one?.id ?? ''),
      () => there.executePlan(PERSON, other.id),
    );
    const raced = await now();
    expect({ round, states: raced.map(({ state }) => state).sort() }).toEqual({
      round,
      states: ['BLOCKED', 'EXECUTING'],
    });
    const loser = raced.find(({ state }) => state === 'BLOCKED');
    const winner = raced.find(({ state }) => state === 'EXECUTING');
    if (loser === undefined || winner === undefined) throw new Error('nobody lost');
    expect(loser.violations.map(({ data }) => data)).toEqual([
      { product: 'aria', executing: 1, maxConcurrent: 1 },
    ]);

    // The slot becomes free while somebody is told that it is not.
    await Promise.all([finish(winner), there.executePlan(PERSON, loser.id)]);
    await world.settle();
    const freed = await world.planOf(loser.id);
    expect({ round, blocked: freed.state === 'BLOCKED' }).toEqual({ round, blocked: false });
    if (freed.state === 'PENDING') must(await there.executePlan(PERSON, loser.id));
    await finish(loser);
    await world.settle();
  }
});
