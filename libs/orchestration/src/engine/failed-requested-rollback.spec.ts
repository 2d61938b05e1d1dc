import { describe, expect, it } from '@jest/globals';
import type { Hold } from '@apollo-deploy/domain';
import { liftHold } from '../constraints/hold-entity.js';
import {
  EngineWorld,
  failed,
  must,
  PERSON,
  type SeenRelease,
  SUCCEEDED,
} from '../testing/engine-world.js';

const ENTITY = 'aria-dev';
const VALUES = { replicas: 2 };
const NEWER: SeenRelease = { version: '1.1.0', revision: 2, values: VALUES };
/** Its hook failed: the head is what it should have brought, and 1.1.0 is what runs. */
const HOOK_FAILED: SeenRelease = {
  version: '1.0.0',
  revision: 3,
  values: VALUES,
  status: 'failed',
  deployed: { version: '1.1.0', revision: 2 },
};

/** 1.1.0 runs after 1.0.0 did, and a person's pin takes the entity back to 1.0.0. */
async function goingBack(): Promise<EngineWorld> {
  const world = await EngineWorld.build();
  await world.connect();
  await world.report({});
  await world.entity({ channel: 'dev' }, VALUES);
  await world.settle();
  await ends(world, SUCCEEDED, { version: '1.0.0', revision: 1, values: VALUES });
  await world.release('1.1.0');
  await world.settle();
  await ends(world, SUCCEEDED, NEWER);
  await world.entity({ version: '1.0.0' }, VALUES);
  await world.settle();
  expect(await world.lastPlan()).toMatchObject({
    planClass: 'requested_rollback',
    state: 'EXECUTING',
  });
  return world;
}

async function ends(
  world: EngineWorld,
  result: Parameters<EngineWorld['result']>[1],
  seen: SeenRelease,
): Promise<void> {
  await world.result((await world.lastPlan()).id, result, seen);
  await world.settle();
}

async function holdOf(world: EngineWorld): Promise<Hold | undefined> {
  const found = await world.context.store.transact((unit) => unit.holds.ofEntities([ENTITY]));
  return found[0];
}

async function rollbacks(world: EngineWorld): Promise<readonly string[]> {
  const plans = await world.plans();
  return plans.slice(2).map(({ type, state }) => `${type} ${state}`);
}

/** Ten looks at once, and one three days later. */
async function lookAgain(world: EngineWorld): Promise<void> {
  for (let look = 0; look < 10; look += 1) await world.engine.evaluateAll();
  await world.goTo('2026-01-08T09:00:00.000Z');
  await world.engine.evaluateAll();
}

describe.each([
  { name: 'its hook failed', result: failed('broken'), seen: HOOK_FAILED },
  { name: 'the cluster refused it', result: failed('refused'), seen: NEWER },
])('a rollback that a person asked for and that failed: $name', ({ result, seen }) => {
  async function stopped(): Promise<EngineWorld> {
    const world = await goingBack();
    await ends(world, result, seen);
    return world;
  }

  it('is not repeated, and the entity says why and what moves it on', async () => {
    const world = await stopped();
    await lookAgain(world);
    expect(await rollbacks(world)).toEqual(['rollback FAILED']);
    const { id } = await world.lastPlan();
    const hold = await holdOf(world);
    expect(hold).toMatchObject({ cause: 'rollback_failed', until: 'lifted', planId: id });
    const { status, why } = await world.view();
    expect(status).toBe('held');
    expect(why).toContain(`aria is pinned to 1.0.0; 1.1.0 runs, but plan ${id}`);
    expect(why).toContain('evaluate with force');
    expect(why).toContain(`DELETE /api/v1/holds/${String(hold?.id)} lifts it`);
  });

  it('is tried once more when a person forces it, and stops again', async () => {
    const world = await stopped();
    must(await world.engine.evaluate(PERSON, ENTITY, { force: true }));
    await world.settle();
    expect(await rollbacks(world)).toEqual(['rollback FAILED', 'rollback EXECUTING']);
    await ends(world, result, seen);
    await lookAgain(world);
    expect(await rollbacks(world)).toEqual(['rollback FAILED', 'rollback FAILED']);
    expect(await holdOf(world)).toMatchObject({ planId: (await world.lastPlan()).id });
  });

  it('is tried once more when a person lifts the hold', async () => {
    const world = await stopped();
    must(await liftHold(world.context, PERSON, (await holdOf(world))?.id ?? ''));
    await world.settle();
    expect(await rollbacks(world)).toEqual(['rollback FAILED', 'rollback EXECUTING']);
  });

  it('is past when a person names other content, and may be asked for anew', async () => {
    const world = await stopped();
    await world.entity({ version: '1.1.0' }, VALUES);
    expect(await holdOf(world)).toBeUndefined();
    await world.entity({ version: '1.0.0' }, VALUES);
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'rollback', state: 'EXECUTING' });
  });
});

describe('a rollback that a person asked for and that was cut off', () => {
  it('is tried once more by itself, and then no more', async () => {
    const world = await goingBack();
    await ends(world, failed('broken', true), HOOK_FAILED);
    expect(await rollbacks(world)).toEqual(['rollback FAILED', 'rollback EXECUTING']);
    await ends(world, failed('broken', true), { ...HOOK_FAILED, revision: 4 });
    await lookAgain(world);
    expect(await rollbacks(world)).toEqual(['rollback FAILED', 'rollback FAILED']);
  });
});
