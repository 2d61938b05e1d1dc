import { describe, expect, it } from '@jest/globals';
import { DeploymentWorld } from '../testing/deployment-world.js';
import { SUCCEEDED } from '../testing/engine-world.js';
import { MortalFollower } from '../testing/mortal-follower.js';
import { MortalStore } from '../testing/mortal-store.js';

/** What becomes of a deployment of 1.1.0 over 1.0.0 that runs well, or badly, with one death on the way. */
async function outcome(store: MortalStore, health: 'Healthy' | 'Degraded') {
  const world = await DeploymentWorld.build({}, store);
  const { engine } = world;
  const { id: first } = await world.deploy({ version: '1.0.0' });
  await world.succeed('1.0.0', 1);
  await world.lookOn();
  expect(await world.stored(first)).toMatchObject({ status: 'completed' });

  const follower = new MortalFollower(world, store);
  const deployment = await world.request({ version: '1.1.0' });
  if (!deployment.ok) throw new Error('it is refused');
  await follower.follow();
  const plan = await engine.lastPlan();
  await engine.result(plan.id, SUCCEEDED, { version: '1.1.0', revision: 2, health });
  await follower.lookOn();
  if (health === 'Degraded') {
    const rollback = await engine.lastPlan();
    await engine.result(rollback.id, SUCCEEDED, { version: '1.0.0', revision: 3 });
    await follower.lookOn();
  }
  const { id, status, steps, targets } = await world.stored(deployment.value.id);
  const told = (await engine.events()).filter(({ subject }) => subject.name === id);
  return {
    died: store.died,
    status,
    steps: steps.map((step) => step.status),
    told: told.map(({ type }) => type),
    looks: targets[0]?.looks.length,
    plans: (await engine.plans()).map(({ type, state }) => `${type} ${state}`),
    desired: (await engine.view()).entity.desired,
  };
}

/** How many commits the follower makes for a deployment that ends so. */
const COMMITS = { Healthy: 11, Degraded: 11 } as const;
const ON_THE_WAY = ['pending', 'pre_checks', 'deploying', 'health_check'];

function deathsOn(health: keyof typeof COMMITS): readonly number[] {
  return Array.from({ length: COMMITS[health] }, (_, index) => index + 1);
}

describe.each(['before', 'after'] as const)('a hub that is killed right %s a commit', (when) => {
  it.each(deathsOn('Healthy'))(
    'completes a deployment as if it had not been: the %ith',
    async (diesAt) => {
      const steps = [...ON_THE_WAY, 'completed'];
      expect(await outcome(new MortalStore(diesAt, when), 'Healthy')).toEqual({
        died: true,
        status: 'completed',
        steps,
        told: steps.map((status) => `deployment.${status}`),
        looks: 3,
        plans: ['install SUCCEEDED', 'upgrade SUCCEEDED'],
        desired: { version: '1.1.0' },
      });
    },
  );

  it.each(deathsOn('Degraded'))(
    'rolls one back as if it had not been: the %ith',
    async (diesAt) => {
      const steps = [...ON_THE_WAY, 'rolled_back'];
      expect(await outcome(new MortalStore(diesAt, when), 'Degraded')).toEqual({
        died: true,
        status: 'rolled_back',
        steps,
        told: steps.map((status) => `deployment.${status}`),
        looks: 2,
        plans: ['install SUCCEEDED', 'upgrade SUCCEEDED', 'rollback SUCCEEDED'],
        desired: { version: '1.0.0' },
      });
    },
  );
});

describe('the test of a hub that is killed', () => {
  it.each(['Healthy', 'Degraded'] as const)(
    'kills it at every commit for a deployment that ends %s',
    async (health) => {
      const oneMore = new MortalStore(COMMITS[health] + 1, 'before');
      expect(await outcome(oneMore, health)).toMatchObject({ died: false });
    },
  );
});
