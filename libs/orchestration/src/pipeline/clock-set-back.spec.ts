import { beforeEach, describe, expect, it } from '@jest/globals';
import { DeploymentWorld } from '../testing/deployment-world.js';
import { failed, SUCCEEDED } from '../testing/engine-world.js';

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
});
