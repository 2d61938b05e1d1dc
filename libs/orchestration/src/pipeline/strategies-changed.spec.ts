import { beforeEach, describe, expect, it } from '@jest/globals';
import { isOpen, type RecallStrategy } from '@apollo-deploy/domain';
import { must, PERSON } from '../testing/engine-world.js';
import { OWN_VALUES, StrategyWorld } from '../testing/strategy-world.js';
import { requestDeployment } from './request-deployment.js';

let scene: StrategyWorld;

beforeEach(async () => {
  scene = await StrategyWorld.build();
});

async function openPlans() {
  return (await scene.world.engine.plans()).filter(({ state }) => isOpen(state));
}

describe('a candidate that is recalled half-way', () => {
  it.each<{ name: string; strategy: RecallStrategy; planClass: string }>([
    {
      name: 'where what runs it is to go down as well',
      ...({ strategy: 'downgrade', planClass: 'roll_off' } as const),
    },
    {
      name: 'although what runs it is to stay until there is something newer',
      ...({ strategy: 'forward', planClass: 'automatic_rollback' } as const),
    },
  ])('goes back to what ran before, $name', async ({ strategy, planClass }) => {
    const { world } = scene;
    const { id } = await scene.deploy('canary');
    await scene.bringWell();
    await world.engine.recall('1.2.0', { strategy });
    await scene.bring();
    const [back, ...others] = await openPlans();
    expect(others).toEqual([]);
    expect(back).toMatchObject({
      ...{ planClass, type: 'rollback', to: { version: '1.0.0' }, values: OWN_VALUES },
    });
    for (let plans = await openPlans(); plans.length > 0; plans = await openPlans()) {
      await scene.bringWell();
    }
    expect(await world.stored(id)).toMatchObject({
      ...{ status: 'rolled_back', rollbackVersion: '1.0.0' },
      notes: expect.stringMatching(/1\.2\.0 is recalled by dev-operator: It loses orders/),
    });
    const { entity, reported } = await world.engine.view();
    expect(entity.desired).toEqual({ version: '1.0.0' });
    expect(reported?.release).toMatchObject({ version: '1.0.0' });
  });

  it('goes back to what ran before while its next step waits', async () => {
    const { world } = scene;
    const { engine } = world;
    const { id } = await scene.deploy('canary');
    await engine.constraint({
      ...{ name: 'freeze', kind: 'suppression_window', scope: {} },
      spec: { start: '2026-01-05T09:00:10Z', end: '2026-01-06T08:00:00Z', reason: 'Fair' },
    });
    await scene.bringWell();
    expect((await openPlans()).map(({ state }) => state)).toEqual(['BLOCKED']);
    await engine.recall('1.2.0');
    await world.follow();
    await scene.bringWell();
    expect(await world.stored(id)).toMatchObject({
      ...{ status: 'rolled_back', rollbackVersion: '1.0.0' },
    });
  });
});

describe('blue-green to the newest of the channel that an entity follows', () => {
  it('takes its steps, and leaves the entity with its channel', async () => {
    const { world } = scene;
    const { engine } = world;
    await engine.entity({ channel: 'dev' }, OWN_VALUES);
    await engine.constraint({
      ...{ name: 'freeze', kind: 'suppression_window', scope: {} },
      spec: { start: '2026-01-05T08:00:00Z', end: '2026-01-05T10:00:00Z', reason: 'Fair' },
    });
    await engine.release('1.2.0');
    const asked = { kind: 'deploy', service: 'aria', environment: 'dev' } as const;
    const request = { ...asked, strategy: 'blue_green' } as const;
    const { id } = must(await requestDeployment(engine.context, PERSON, request, world.tools));
    await world.follow();
    await engine.goTo('2026-01-05T10:00:01.000Z');
    await world.follow();
    const values: unknown[] = [];
    while ((await openPlans()).length > 0) values.push((await scene.bringWell()).values);
    const told = { strategy: 'blue_green', stable: '1.0.0', candidate: '1.2.0' };
    expect(values).toEqual([
      { ...OWN_VALUES, apollo: { rollout: { ...told, weight: 0 } } },
      { ...OWN_VALUES, apollo: { rollout: { ...told, weight: 100 } } },
      { ...OWN_VALUES, apollo: { rollout: { ...told, stable: '1.2.0', weight: 100 } } },
      OWN_VALUES,
    ]);
    expect(await world.stored(id)).toMatchObject({ status: 'completed', toVersion: '1.2.0' });
    expect((await engine.view()).entity).toMatchObject({
      ...{ desired: { channel: 'dev' }, values: OWN_VALUES },
    });
  });

  it('goes back where a person sets other values while both run, to those in the old version', async () => {
    const { world } = scene;
    const { engine } = world;
    const { id } = await scene.deploy('blue_green');
    await scene.bring();
    await engine.entity({ version: '1.0.0' }, { replicas: 2 });
    await world.follow();
    expect(await world.stored(id)).toMatchObject({
      ...{ status: 'failed' },
      notes: expect.stringContaining('has said since that something else is to run'),
    });
    const plan = await engine.lastPlan();
    expect(plan).toMatchObject({ type: 'rollback', values: { replicas: 2 } });
    await scene.bringWell();
    expect(await openPlans()).toEqual([]);
  });
});

describe('a canary whose spoke is lost half-way', () => {
  it('waits while it is only silent, and goes on once that has said what runs', async () => {
    const { world } = scene;
    const { engine } = world;
    const { id } = await scene.deploy('canary');
    const { values } = await scene.bring();
    engine.clock.advance(5 * 60_000);
    await world.follow();
    expect((await world.shown(id)).waitsFor).toMatchObject([{ code: 'spoke_ready' }]);
    await engine.connect();
    await engine.report({ 'aria-dev': { version: '1.2.0', revision: 2, values } });
    await scene.lookOn();
    expect(await world.stored(id)).toMatchObject({
      targets: [{ state: 'executing', rollout: { step: 2 } }],
    });
  });

  it('goes back to what ran before as soon as it is back, and not further meanwhile', async () => {
    const { world } = scene;
    const { engine } = world;
    const { id } = await scene.deploy('canary');
    const first = await scene.bring();
    engine.clock.advance(16 * 60_000);
    await world.follow();
    expect(await world.stored(id)).toMatchObject({
      targets: [{ state: 'rolling_back', stopped: 'its spoke is lost' }],
    });
    expect(await engine.lastPlan()).toMatchObject({ type: 'rollback', state: 'BLOCKED' });
    await engine.connect();
    await engine.report({ 'aria-dev': { version: '1.2.0', revision: 2, values: first.values } });
    await world.follow();
    expect(await engine.lastPlan()).toMatchObject({
      ...{ type: 'rollback', state: 'EXECUTING', rollbackOf: first.id, values: OWN_VALUES },
    });
    await scene.bringWell();
    expect(await world.stored(id)).toMatchObject({
      ...{ status: 'rolled_back', rollbackVersion: '1.0.0' },
    });
  });
});
