import { describe, expect, it } from '@jest/globals';
import { SUCCEEDED } from '../testing/engine-world.js';
import { MortalFollower } from '../testing/mortal-follower.js';
import { MortalStore } from '../testing/mortal-store.js';
import { OWN_VALUES, StrategyWorld } from '../testing/strategy-world.js';

/** What becomes of a canary of which `good` steps do well and the next does not, with one death on the way. */
async function outcome(store: MortalStore, good: number) {
  const { world } = await StrategyWorld.build(store);
  const { engine } = world;
  const follower = new MortalFollower(world, store);
  const deployment = await world.request({ version: '1.2.0', strategy: 'canary' });
  if (!deployment.ok) throw new Error('it is refused');
  let revision = 1;
  const bring = async (): Promise<void> => {
    await follower.follow();
    const { id, state, values, to } = await engine.lastPlan();
    if (state !== 'EXECUTING') return;
    revision += 1;
    const health = revision === good + 2 ? 'Degraded' : 'Healthy';
    await engine.result(id, SUCCEEDED, { version: to?.version ?? '', revision, values, health });
    await follower.lookOn();
  };
  for (let step = 0; step < 7; step += 1) await bring();
  await follower.follow();
  const { status, targets } = await world.stored(deployment.value.id);
  const { desired, values, rollout } = (await engine.view()).entity;
  return {
    ...{ status, state: targets[0]?.state, desired, values, rollout },
    plans: (await engine.plans()).slice(1).map((plan) => {
      const told = plan.values['apollo'] as { rollout: { weight: number } } | undefined;
      return `${plan.type} ${plan.state} ${String(told?.rollout.weight ?? 'all')}`;
    }),
  };
}

/** Spread over the commits that the follower makes for a canary. */
const DEATHS = Array.from({ length: 30 }, (_, index) => index + 1);

describe.each(['before', 'after'] as const)('a hub that is killed right %s a commit', (when) => {
  it.each(DEATHS)('completes a canary as if it had not been: the %ith', async (diesAt) => {
    expect(await outcome(new MortalStore(diesAt, when), Infinity)).toEqual({
      ...{ status: 'completed', state: 'healthy' },
      ...{ desired: { version: '1.2.0' }, values: OWN_VALUES, rollout: undefined },
      plans: [
        'upgrade SUCCEEDED 20',
        'config_update SUCCEEDED 50',
        'config_update SUCCEEDED 100',
        'config_update SUCCEEDED 100',
        'config_update SUCCEEDED all',
      ],
    });
  });

  it.each(DEATHS)('takes one back as if it had not been: the %ith', async (diesAt) => {
    expect(await outcome(new MortalStore(diesAt, when), 1)).toEqual({
      ...{ status: 'rolled_back', state: 'rolled_back' },
      ...{ desired: { version: '1.0.0' }, values: OWN_VALUES, rollout: undefined },
      plans: ['upgrade SUCCEEDED 20', 'config_update SUCCEEDED 50', 'rollback SUCCEEDED all'],
    });
  });
});

describe('the test of a hub that is killed between steps', () => {
  it('kills it at each of these commits', async () => {
    const store = new MortalStore(Math.max(...DEATHS), 'before');
    await outcome(store, Infinity);
    expect(store.died).toBe(true);
  });
});
