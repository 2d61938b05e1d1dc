import { describe, expect, it } from '@jest/globals';
import { SUCCEEDED } from '../testing/engine-world.js';
import { MortalFollower } from '../testing/mortal-follower.js';
import { MortalStore } from '../testing/mortal-store.js';
import { OWN_VALUES, StrategyWorld } from '../testing/strategy-world.js';

/** What becomes of a canary of which `good` steps do well and the next does not, with one death on the way. */
async function outcome(store: MortalStore, good: number) {
  const { world } = await StrategyWorld.build(store);
  const { engine } = world;
  const deployment = await world.request({ version: '1.2.0', strategy: 'canary' });
  if (!deployment.ok) throw new Error('it is refused');
  const stored = () => world.stored(deployment.value.id);
  let diedAt: string | undefined;
  const follower = new MortalFollower(world, store, async () => {
    const [target] = (await stored()).targets;
    diedAt = `${String(target?.state)} ${String(target?.rollout?.step)}`;
  });
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
  const { status, targets } = await stored();
  const { desired, values, rollout } = (await engine.view()).entity;
  return {
    ...{ diedAt, status, state: targets[0]?.state, desired, values, rollout },
    plans: (await engine.plans()).slice(1).map((plan) => {
      const told = plan.values['apollo'] as { rollout: { weight: number } } | undefined;
      return `${plan.type} ${plan.state} ${String(told?.rollout.weight ?? 'all')}`;
    }),
  };
}

/** State and step of the one target, in turn, and how many commits the follower makes while it is there. */
type Way = Readonly<Record<string, number>>;

const COMPLETED: Way = {
  ...{ 'started 1': 2, 'executing 1': 2, 'deployed 1': 7 },
  ...{ 'started 2': 3, 'executing 2': 2, 'deployed 2': 7 },
  ...{ 'started 3': 3, 'executing 3': 2, 'deployed 3': 7 },
  ...{ 'started 4': 3, 'executing 4': 2, 'deployed 4': 7 },
  ...{ 'started 5': 3, 'executing 5': 2, 'deployed 5': 7 },
  'healthy 5': 3,
};
const TAKEN_BACK: Way = {
  ...{ 'started 1': 2, 'executing 1': 2, 'deployed 1': 7 },
  ...{ 'started 2': 3, 'executing 2': 2, 'deployed 2': 4 },
  ...{ 'rolling_back 2': 4, 'rolled_back 2': 5 },
};

/** Each commit of a way, and what is stored when the hub is killed there. */
function deathsOn(way: Way, when: 'before' | 'after') {
  const places = Object.entries(way).flatMap(([place, commits]) =>
    Array.from({ length: commits }, () => place),
  );
  const afterwards = [...places.slice(1), ...places.slice(-1)];
  const diedAt = when === 'before' ? places : afterwards;
  return diedAt.map((place, index) => ({ commit: index + 1, diedAt: place }));
}

describe.each(['before', 'after'] as const)('a hub that is killed right %s a commit', (when) => {
  it.each(deathsOn(COMPLETED, when))(
    'completes a canary as if it had not been: commit $commit, when it is $diedAt',
    async ({ commit, diedAt }) => {
      expect(await outcome(new MortalStore(commit, when), Infinity)).toEqual({
        ...{ diedAt, status: 'completed', state: 'healthy' },
        ...{ desired: { version: '1.2.0' }, values: OWN_VALUES, rollout: undefined },
        plans: [
          'upgrade SUCCEEDED 20',
          'config_update SUCCEEDED 50',
          'config_update SUCCEEDED 100',
          'config_update SUCCEEDED 100',
          'config_update SUCCEEDED all',
        ],
      });
    },
  );

  it.each(deathsOn(TAKEN_BACK, when))(
    'takes one back as if it had not been: commit $commit, when it is $diedAt',
    async ({ commit, diedAt }) => {
      expect(await outcome(new MortalStore(commit, when), 1)).toEqual({
        ...{ diedAt, status: 'rolled_back', state: 'rolled_back' },
        ...{ desired: { version: '1.0.0' }, values: OWN_VALUES, rollout: undefined },
        plans: ['upgrade SUCCEEDED 20', 'config_update SUCCEEDED 50', 'rollback SUCCEEDED all'],
      });
    },
  );
});

describe('the test of a hub that is killed between steps', () => {
  it.each([
    { name: 'completes', way: COMPLETED, good: Infinity, commits: 62 },
    { name: 'is taken back', way: TAKEN_BACK, good: 1, commits: 29 },
  ])('kills it at every commit of a canary that $name: $commits', async (row) => {
    expect(deathsOn(row.way, 'before')).toHaveLength(row.commits);
    const oneMore = new MortalStore(row.commits + 1, 'before');
    expect(await outcome(oneMore, row.good)).toMatchObject({ diedAt: undefined });
  });
});
