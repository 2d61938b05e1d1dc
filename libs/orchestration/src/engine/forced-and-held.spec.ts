import { describe, expect, it } from '@jest/globals';
import { holdEntity } from '../constraints/hold-entity.js';
import { EngineWorld, failed, must, PERSON, SUCCEEDED } from '../testing/engine-world.js';

const ENTITY = 'aria-dev';

/** 1.1.0 failed and was rolled back to 1.0.0: the entity is held there, and suppressed. */
async function rolledBack(): Promise<EngineWorld> {
  const world = await EngineWorld.build();
  await world.connect();
  await world.report({});
  await world.entity();
  await world.settle();
  await world.result((await world.lastPlan()).id, SUCCEEDED, { version: '1.0.0', revision: 1 });
  await world.settle();
  await world.release('1.1.0');
  await world.settle();
  const bad = { version: '1.1.0', revision: 2, health: 'Degraded' };
  await world.result((await world.lastPlan()).id, failed('unhealthy'), bad);
  await world.settle();
  await world.result((await world.lastPlan()).id, SUCCEEDED, { version: '1.0.0', revision: 3 });
  await world.settle();
  return world;
}

async function restraintsOf({ context }: EngineWorld) {
  return context.store.transact(async (unit) => {
    const [hold] = await unit.holds.ofEntities([ENTITY]);
    const [suppression] = await unit.suppressions.ofEntities([ENTITY]);
    return { hold: hold?.id, suppressed: suppression !== undefined };
  });
}

describe('another try of an entity that is held', () => {
  it('is not made: the answer names the hold and what lifts it, and no restraint ends', async () => {
    const world = await rolledBack();
    const before = await restraintsOf(world);
    expect(before).toEqual({ hold: expect.any(String), suppressed: true });
    const summary = must(await world.engine.evaluate(PERSON, ENTITY, { force: true }));
    const { reason = '' } = (await world.view()).hold ?? {};
    expect(summary).toEqual({
      evaluated: 1,
      proposed: [],
      blocked: [],
      unchanged: 1,
      held: [
        {
          entity: ENTITY,
          hold: before.hold,
          message: `aria-dev is held: ${reason} (engine, until something newer comes); nothing else is tried until DELETE /api/v1/holds/${String(before.hold)} lifts it`,
        },
      ],
    });
    expect(await restraintsOf(world)).toEqual(before);
  });

  it('is blocked by a hold that only forbids, and stays suppressed as well', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
    await world.result((await world.lastPlan()).id, failed('refused'));
    await world.settle();
    must(
      await holdEntity(world.context, PERSON, { entity: ENTITY, until: 'lifted', reason: 'Audit' }),
    );
    const summary = must(await world.engine.evaluate(PERSON, ENTITY, { force: true }));
    expect(summary).toMatchObject({ proposed: [], held: [{ entity: ENTITY }] });
    expect(await restraintsOf(world)).toMatchObject({ suppressed: true });
    expect((await world.lastPlan()).violations.map(({ code }) => code).sort()).toEqual([
      'automatic_suppression',
      'hold',
    ]);
  });

  it('says nothing of holds where there is none', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
    const summary = must(await world.engine.evaluate(PERSON, ENTITY, { force: true }));
    expect(summary).not.toHaveProperty('held');
  });
});
