import { beforeEach, describe, expect, it } from '@jest/globals';
import { putEntity } from '../catalog/put-entity.js';
import { cancelPlan } from '../engine/cancel-plan.js';
import { DeploymentWorld } from '../testing/deployment-world.js';
import { failed, must, PERSON, SUCCEEDED } from '../testing/engine-world.js';

const HOUR_MS = 3_600_000;

let world: DeploymentWorld;

/** 1.0.0 and then 1.1.0 were deployed, an hour ahead of what the clock says from now on. */
beforeEach(async () => {
  world = await DeploymentWorld.build();
  await world.deploy({ version: '1.0.0' });
  await world.succeed('1.0.0', 1);
  await world.lookOn();
  await world.deploy({ version: '1.1.0' });
  await world.succeed('1.1.0', 2);
  await world.lookOn();
  world.engine.clock.advance(-HOUR_MS);
});

/** The plan by which a deployment goes, which is none that was there before it. */
async function ownPlan(id: string, older: readonly string[]): Promise<string> {
  const { targets } = await world.stored(id);
  expect(targets).toMatchObject([{ state: 'executing' }]);
  const own = targets[0]?.planId ?? '';
  expect([...older, '']).not.toContain(own);
  return own;
}

const plansThere = async () => (await world.engine.plans()).map(({ id }) => id);

describe('a deployment that is asked for after the clock of the hub was set back', () => {
  it('takes no older plan that brought the same for its own', async () => {
    const older = await plansThere();
    const { id } = await world.deploy({ version: '1.0.0' });
    const seen = { version: '1.0.0', revision: 3 };
    await world.engine.result(await ownPlan(id, older), SUCCEEDED, seen);
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({ status: 'completed', toVersion: '1.0.0' });
  });

  it('finds its own among more older ones than are looked through', async () => {
    const { store } = world.engine.context;
    const [first] = await world.engine.plans();
    if (first === undefined) throw new Error('nothing was deployed');
    await store.transact(async (unit) => {
      for (let index = 0; index < 30; index += 1) {
        await unit.plans.insert({ ...first, id: `older-${String(index)}`, state: 'CANCELLED' });
      }
    });
    const older = await plansThere();
    const { id } = await world.deploy({ version: '1.0.0' });
    const own = await ownPlan(id, older);
    await world.engine.result(own, failed('refused'));
    await world.follow();
    expect(await world.stored(id)).toMatchObject({
      status: 'failed',
      notes: expect.stringContaining(`plan ${own} is FAILED (refused)`),
    });
  });

  it('is not failed by what was said of its content before', async () => {
    const { engine } = world;
    engine.clock.advance(HOUR_MS);
    await engine.constraint({
      ...{ name: 'freeze', kind: 'suppression_window' },
      spec: { start: '2026-01-05T09:00:00Z', end: '2026-01-05T10:00:00Z', reason: 'Fair' },
    });
    const { entity } = await engine.view();
    await engine.register('aria', '1.2.0');
    const desired = { version: '1.2.0' };
    must(await putEntity(engine.context, PERSON, { ...entity, desired }));
    await world.follow();
    must(await cancelPlan(engine.context, PERSON, (await engine.lastPlan()).id, 'not today'));
    await world.follow();
    engine.clock.advance(-HOUR_MS);
    const older = await plansThere();
    const { id } = must(await world.request({ version: '1.2.0' }));
    expect((await world.shown(id)).waitsFor).toMatchObject([{ code: 'plan' }]);
    await world.follow();
    await ownPlan(id, older);
  });
});
