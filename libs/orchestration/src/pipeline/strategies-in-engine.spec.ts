import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Values } from '@apollo-deploy/domain';
import { DeploymentWorld } from '../testing/deployment-world.js';
import { failed } from '../testing/engine-world.js';
import { OWN_VALUES, registerDeclaring, StrategyWorld } from '../testing/strategy-world.js';

let scene: StrategyWorld;

beforeEach(async () => {
  scene = await StrategyWorld.build();
});

function told(strategy: string, stable: string, weight: number): Values {
  const rollout = { strategy, stable, candidate: '1.2.0', weight };
  return { ...OWN_VALUES, apollo: { rollout } };
}

async function plansSince(count: number) {
  return (await scene.world.engine.plans()).slice(count);
}

async function entity() {
  return (await scene.world.engine.view()).entity;
}

describe('a canary of a chart that declares it', () => {
  it('gives the candidate more step by step, each once the one before did well', async () => {
    const { id } = await scene.deploy('canary');
    const steps: Values[] = [];
    for (let step = 1; step <= 5; step += 1) {
      expect(await scene.world.stored(id)).toMatchObject({
        targets: [{ state: 'executing', rollout: { step, steps: 5 } }],
      });
      steps.push((await scene.bringWell()).values);
    }
    expect(steps).toEqual([
      told('canary', '1.0.0', 20),
      told('canary', '1.0.0', 50),
      told('canary', '1.0.0', 100),
      told('canary', '1.2.0', 100),
      OWN_VALUES,
    ]);
    expect(await scene.world.stored(id)).toMatchObject({ status: 'completed' });
    expect((await plansSince(1)).map(({ type, state }) => `${type} ${state}`)).toEqual([
      'upgrade SUCCEEDED',
      ...Array<string>(4).fill('config_update SUCCEEDED'),
    ]);
    const { desired, values, rollout } = await entity();
    expect({ desired, values, rollout }).toEqual({
      desired: { version: '1.2.0' },
      values: OWN_VALUES,
    });
  });

  it('looks at each step as at a deployment before it goes on', async () => {
    const { id } = await scene.deploy('canary');
    await scene.bring();
    expect(await scene.world.stored(id)).toMatchObject({
      status: 'deploying',
      targets: [{ state: 'deployed', looks: [{ healthy: true }] }],
    });
    const { waitsFor } = await scene.world.shown(id);
    expect(waitsFor.map(({ message }) => message)).toEqual([
      'it is looked how aria-dev does at step 1 of 5 (canary, 1.2.0 with 20 %)',
    ]);
    expect(await plansSince(2)).toEqual([]);
  });

  it.each([
    { name: 'the first step', good: 0 },
    { name: 'a step on the way', good: 2 },
    { name: 'the handover', good: 3 },
    { name: 'the last step', good: 4 },
  ])('goes back to what ran before where $name does badly', async ({ good }) => {
    const { id } = await scene.deploy('canary');
    for (let step = 0; step < good; step += 1) await scene.bringWell();
    await scene.bring('Degraded');
    await scene.lookOn();
    const back = await scene.world.engine.lastPlan();
    expect(back).toMatchObject({
      type: 'rollback',
      planClass: 'automatic_rollback',
      to: { version: '1.0.0' },
      values: OWN_VALUES,
    });
    await scene.bringWell();
    expect(await scene.world.stored(id)).toMatchObject({
      status: 'rolled_back',
      rollbackVersion: '1.0.0',
    });
    expect(await entity()).not.toHaveProperty('rollout');
    await scene.lookOn();
    expect((await scene.world.engine.lastPlan()).id).toBe(back.id);
    expect(await scene.world.engine.view()).toMatchObject({ hold: { cause: 'rollback' } });
  });

  it('goes back to what ran before where the plan of a later step fails', async () => {
    const { id } = await scene.deploy('canary');
    await scene.bringWell();
    const { engine } = scene.world;
    await engine.result((await engine.lastPlan()).id, failed('unhealthy'));
    await scene.world.follow();
    expect(await engine.lastPlan()).toMatchObject({ type: 'rollback', values: OWN_VALUES });
    await scene.bringWell();
    expect(await scene.world.stored(id)).toMatchObject({ status: 'rolled_back' });
  });

  it('goes back to what ran before where its spoke refuses a later step', async () => {
    const { id } = await scene.deploy('canary');
    const first = await scene.bringWell();
    const { engine } = scene.world;
    await engine.result((await engine.lastPlan()).id, failed('refused'));
    await scene.world.follow();
    expect(await engine.lastPlan()).toMatchObject({ type: 'rollback', rollbackOf: first.id });
    await scene.bringWell();
    expect(await scene.world.stored(id)).toMatchObject({
      status: 'rolled_back',
      targets: [{ stopped: expect.stringContaining('FAILED (refused)') }],
    });
  });

  it('is over, and all at once, where a person says otherwise while it is looked at', async () => {
    const { id } = await scene.deploy('canary');
    await scene.bringWell();
    await scene.bring();
    const { engine } = scene.world;
    await engine.entity({ version: '1.2.0' }, { replicas: 5 });
    await scene.world.follow();
    expect(await scene.world.stored(id)).toMatchObject({
      status: 'failed',
      notes: expect.stringContaining('has said since that something else is to run'),
    });
    const plan = await engine.lastPlan();
    expect(plan.values).toEqual({ replicas: 5 });
    expect(plan.stepOf).toBeUndefined();
  });

  it('is over once the plan has ended that was under way when a person said otherwise', async () => {
    const { id } = await scene.deploy('canary');
    await scene.bringWell();
    const { engine } = scene.world;
    await engine.entity({ version: '1.0.0' }, OWN_VALUES);
    await scene.bring();
    await scene.world.follow();
    expect(await scene.world.stored(id)).toMatchObject({ status: 'failed' });
    expect(await engine.lastPlan()).toMatchObject({ to: { version: '1.0.0' }, values: OWN_VALUES });
  });

  it('goes on where a person says the same again', async () => {
    const { id } = await scene.deploy('canary');
    await scene.bring();
    await scene.world.engine.entity({ version: '1.2.0' }, OWN_VALUES);
    await scene.lookOn();
    expect(await scene.world.stored(id)).toMatchObject({
      targets: [{ state: 'executing', rollout: { step: 2 } }],
    });
  });

  it('waits for a window at any step, and says so', async () => {
    const { id } = await scene.deploy('canary');
    const { engine } = scene.world;
    await scene.bring();
    await engine.constraint({
      ...{ name: 'freeze', kind: 'suppression_window', scope: {} },
      spec: {
        ...{ start: '2026-01-05T08:00:00.000Z', end: '2026-01-06T08:00:00.000Z' },
        reason: 'the books are closed',
      },
    });
    await scene.lookOn();
    const { waitsFor, deployment } = await scene.world.shown(id);
    expect(deployment).toMatchObject({ status: 'deploying', targets: [{ rollout: { step: 2 } }] });
    expect(waitsFor).toMatchObject([{ code: 'suppression_window' }]);
    await engine.goTo('2026-01-06T08:00:01.000Z');
    await scene.world.follow();
    await scene.world.follow();
    expect(await scene.world.stored(id)).toMatchObject({ targets: [{ state: 'executing' }] });
  });

  it('brings back the step itself where what runs drifts from it', async () => {
    await scene.deploy('canary');
    await scene.bringWell();
    await scene.bring();
    const { engine } = scene.world;
    const { id, values } = await engine.lastPlan();
    await engine.report({
      'aria-dev': { version: '1.2.0', revision: 3, values, missing: 'web' },
    });
    await engine.settle();
    const repair = await engine.lastPlan();
    expect(repair).toMatchObject({ type: 'config_update', state: 'EXECUTING', values });
    expect(repair.id).not.toBe(id);
  });
});

describe('blue-green of a chart that declares it', () => {
  it('runs both, moves what serves, hands over and takes the old one away', async () => {
    const { id } = await scene.deploy('blue_green');
    const steps: Values[] = [];
    for (let step = 1; step <= 4; step += 1) steps.push((await scene.bringWell()).values);
    expect(steps).toEqual([
      told('blue_green', '1.0.0', 0),
      told('blue_green', '1.0.0', 100),
      told('blue_green', '1.2.0', 100),
      OWN_VALUES,
    ]);
    expect(await scene.world.stored(id)).toMatchObject({ status: 'completed' });
  });
});

describe('a strategy', () => {
  it('has nothing to do where nothing runs yet', async () => {
    const world = await DeploymentWorld.build();
    await registerDeclaring(world.engine);
    const { id } = await world.deploy({ version: '1.2.0', strategy: 'canary' });
    expect(await world.engine.lastPlan()).toMatchObject({ type: 'install', values: {} });
    await world.succeed('1.2.0', 1);
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({ status: 'completed' });
  });

  it('has nothing to do where something newer runs', async () => {
    const { engine } = scene.world;
    await engine.entity({ version: '1.2.0' }, OWN_VALUES);
    await engine.settle();
    await scene.bring();
    await engine.register('aria', '1.3.0');
    await engine.entity({ version: '1.3.0' }, OWN_VALUES);
    await engine.settle();
    await scene.bring();
    await scene.deploy('canary');
    expect(await engine.lastPlan()).toMatchObject({ to: { version: '1.2.0' }, values: OWN_VALUES });
  });

  it('has newer deployments wait behind it once its first step is there', async () => {
    await scene.deploy('canary');
    await scene.bringWell();
    expect(await scene.world.deploy({ version: '1.1.0' })).toMatchObject({ queued: true });
  });

  it('counts as no success of its version before it is done', async () => {
    await scene.deploy('canary');
    for (let step = 1; step <= 4; step += 1) await scene.bringWell();
    const { context } = scene.world.engine;
    const baseline = () => context.store.transact((unit) => unit.baselines.newestOf(['aria-dev']));
    expect(await baseline()).toMatchObject([{ version: '1.0.0' }]);
    await scene.bringWell();
    expect(await baseline()).toMatchObject([{ version: '1.2.0', values: OWN_VALUES }]);
  });
});
