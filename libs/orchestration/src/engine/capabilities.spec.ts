import { beforeEach, describe, expect, it } from '@jest/globals';
import { EngineWorld, failed, HELLO, must, SUCCEEDED } from '../testing/engine-world.js';
import { closeSession } from '../spokes/spoke-session.js';

const RUNS = { version: '1.0.0', revision: 1 };

let world: EngineWorld;
beforeEach(async () => {
  world = await EngineWorld.build();
  await world.register('aria', '1.2.0', [], ['gpu', 'fips']);
});

/** The spoke comes (back) and says that it can do this besides carrying out plans. */
async function comesWith(...more: readonly string[]): Promise<void> {
  await world.connect({ capabilities: [...HELLO.capabilities, ...more] });
  await world.report({ 'aria-dev': RUNS });
  await world.settle();
}

describe('a release that requires what its spoke lacks', () => {
  beforeEach(async () => {
    await comesWith('fips');
    await world.entity();
    await world.release('1.1.0');
    await world.release('1.2.0');
    await world.settle();
  });

  it('is passed over, and the plan says what is missing', async () => {
    const plan = await world.lastPlan();
    expect(plan).toMatchObject({ state: 'EXECUTING', to: { version: '1.1.0' } });
    expect(plan.passedOver).toEqual([
      {
        version: '1.2.0',
        violations: [
          {
            code: 'spoke_ready',
            message:
              'spoke dev does not have gpu, which aria 1.2.0 requires; give it what has that, or desire a release that does not require it',
            data: { spoke: 'dev', missing: ['gpu'], capabilities: [...HELLO.capabilities, 'fips'] },
          },
        ],
      },
    ]);
  });

  it('is gone to as soon as the spoke says that it can do that', async () => {
    const runs = { version: '1.1.0', revision: 2 };
    await world.result((await world.lastPlan()).id, SUCCEEDED, runs);
    await world.report({ 'aria-dev': runs });
    await world.settle();
    expect(await world.view()).toMatchObject({ target: { version: '1.2.0' }, status: 'blocked' });

    await world.connect({ capabilities: [...HELLO.capabilities, 'gpu', 'fips'] });
    await world.report({ 'aria-dev': runs });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ state: 'EXECUTING', to: { version: '1.2.0' } });
  });

  it('is BLOCKED where it alone is desired, with a cure', async () => {
    const { id } = await world.lastPlan();
    await world.result(id, SUCCEEDED, { version: '1.1.0', revision: 2 });
    await world.entity({ version: '1.2.0' });
    await world.settle();
    const plan = await world.lastPlan();
    expect(plan).toMatchObject({ state: 'BLOCKED', to: { version: '1.2.0' }, passedOver: [] });
    const { unmet } = must(await world.engine.explain(plan.id));
    expect(unmet).toMatchObject([{ code: 'spoke_ready', data: { missing: ['gpu'] } }]);
  });
});

describe('a spoke whose agent knows fewer types of plans', () => {
  it('is sent none of the others', async () => {
    await world.connect({ capabilities: ['install', 'upgrade', 'uninstall', 'config_update'] });
    await world.report({});
    await world.entity();
    await world.settle();
    await world.result((await world.lastPlan()).id, SUCCEEDED, RUNS);
    await world.release('1.1.0');
    await world.settle();
    const upgraded = { version: '1.1.0', revision: 2, health: 'Degraded' };
    await world.result((await world.lastPlan()).id, failed('unhealthy'), upgraded);
    await world.settle();
    const plan = await world.lastPlan();
    expect(plan).toMatchObject({ type: 'rollback', state: 'BLOCKED' });
    expect(plan.violations.map(({ message }) => message)).toEqual([
      'the agent of spoke dev carries out no rollback plans; install a newer one in its cluster',
    ]);

    await world.connect();
    await world.report({ 'aria-dev': upgraded });
    await world.settle();
    expect(await world.planOf(plan.id)).toMatchObject({ state: 'EXECUTING' });
  });
});

describe('a spoke that comes back', () => {
  it('has only those looked at again who wait, if it can do what it could', async () => {
    await comesWith('gpu');
    await world.entity();
    await world.settle();
    await closeSession(world.context, world.session);
    await world.settle();
    await world.connect({ capabilities: ['gpu', ...HELLO.capabilities] });
    expect(await world.engine.drainOnce()).toBe(0);
    await world.connect();
    expect(await world.engine.drainOnce()).toBe(1);
  });
});
