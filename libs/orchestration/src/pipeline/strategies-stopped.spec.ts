import { describe, expect, it } from '@jest/globals';
import { isOpen, type Plan } from '@apollo-deploy/domain';
import { cancelPlan } from '../engine/cancel-plan.js';
import { failed, must, PERSON, SUCCEEDED } from '../testing/engine-world.js';
import { requestDeployment } from './request-deployment.js';
import { rollBack } from './roll-back.js';
import { OtherSpoke } from '../testing/other-spoke.js';
import { OWN_VALUES, StrategyWorld } from '../testing/strategy-world.js';

describe('a strategy that is stopped half-way', () => {
  it('goes back to what ran before where a person cancels a later step', async () => {
    const scene = await StrategyWorld.build();
    const { world } = scene;
    const { engine } = world;
    const { id } = await scene.deploy('canary');
    const first = await scene.bring();
    await engine.constraint({
      ...{ name: 'freeze', kind: 'suppression_window', scope: {} },
      spec: {
        ...{ start: '2026-01-05T08:00:00.000Z', end: '2026-01-05T10:00:00.000Z' },
        reason: 'the books are closed',
      },
    });
    await scene.lookOn();
    const held = await engine.lastPlan();
    expect(held).toMatchObject({ state: 'BLOCKED', stepOf: first.id });
    must(await cancelPlan(engine.context, PERSON, held.id, 'not today'));
    await world.follow();
    expect(await engine.lastPlan()).toMatchObject({
      ...{ type: 'rollback', rollbackOf: first.id, values: OWN_VALUES },
    });
    await scene.bringWell();
    expect(await world.stored(id)).toMatchObject({
      status: 'rolled_back',
      targets: [{ stopped: expect.stringContaining('CANCELLED') }],
    });
  });

  it('is put back to what was desired where the environment takes nothing back by itself', async () => {
    const scene = await StrategyWorld.build(undefined, { rollbackOnFailure: false });
    const { world } = scene;
    const { id } = await scene.deploy('canary');
    await scene.bringWell();
    await scene.bring('Degraded');
    await scene.lookOn();
    expect(await world.stored(id)).toMatchObject({
      status: 'failed',
      targets: [
        {
          note: 'it was not healthy: 1.2.0 is deployed and Degraded; it is half-way, so that what was desired before is desired again',
        },
      ],
    });
    expect(await world.engine.lastPlan()).toMatchObject({
      ...{ type: 'rollback', to: { version: '1.0.0' }, values: OWN_VALUES },
    });
  });

  it('does not come all at once by its channel after its first step was refused', async () => {
    const scene = await StrategyWorld.build();
    const { world } = scene;
    const { engine } = world;
    await engine.entity({ channel: 'dev' }, OWN_VALUES);
    await engine.constraint({
      ...{ name: 'freeze', kind: 'suppression_window', scope: {} },
      spec: {
        ...{ start: '2026-01-05T08:00:00.000Z', end: '2026-01-05T10:00:00.000Z' },
        reason: 'the books are closed',
      },
    });
    await engine.release('1.2.0');
    const asked = { kind: 'deploy', service: 'aria', environment: 'dev' } as const;
    const request = { ...asked, strategy: 'canary' } as const;
    const { id } = must(await requestDeployment(engine.context, PERSON, request, world.tools));
    await world.follow();
    await engine.goTo('2026-01-05T10:00:01.000Z');
    await world.follow();
    const first = await engine.lastPlan();
    expect(first).toMatchObject({ state: 'EXECUTING', values: { apollo: {} } });
    await engine.result(first.id, failed('refused'));
    await world.follow();
    await scene.lookOn();
    expect(await world.stored(id)).toMatchObject({ status: 'failed' });
    expect((await engine.plans()).filter(({ state }) => isOpen(state))).toEqual([]);
    const { entity, why } = await engine.view();
    expect(entity.desired).toEqual({ channel: 'dev' });
    expect(why).toContain('was a step of a strategy that failed');
  });

  it('goes back on all spokes of a wave where one of them fails', async () => {
    const { scene, e, f, look, id } = await halfWayOnTwo();
    await bringOn(e, await e.lastPlan(), 'Degraded');
    await bringOn(f, await f.lastPlan());
    await look();
    expect(await e.lastPlan()).toMatchObject({ type: 'rollback', to: { version: '1.0.0' } });
    expect(await f.lastPlan()).toMatchObject({ type: 'rollback', to: { version: '1.0.0' } });
    await bringOn(e, await e.lastPlan());
    await bringOn(f, await f.lastPlan());
    await look();
    expect(await scene.world.stored(id)).toMatchObject({
      status: 'rolled_back',
      targets: [
        { spoke: 'dev', state: 'healthy' },
        { spoke: 'e', state: 'rolled_back' },
        { spoke: 'f', state: 'rolled_back', stopped: 'it failed elsewhere' },
      ],
    });
  });

  it('goes back on all spokes at once where a rollback takes its place', async () => {
    const { scene, e, f, look, id } = await halfWayOnTwo();
    const { engine, tools } = scene.world;
    const asked = { service: 'aria', environment: 'dev', targetVersion: '1.0.0' };
    const { id: back } = must(await rollBack(engine.context, PERSON, asked, tools));
    await bringOn(e, await e.lastPlan());
    await bringOn(f, await f.lastPlan());
    await scene.world.follow();
    expect(await scene.world.stored(id)).toMatchObject({
      ...{ status: 'failed', supersededBy: back },
      notes: expect.stringMatching(
        /^it gave way to rollback .* at step 2 of 5 .*; 1\.2\.0 stays at aria-dev until that changes it/,
      ),
    });
    const plans = [await e.lastPlan(), await f.lastPlan()];
    expect(plans).toMatchObject(
      Array(2).fill({
        ...{ type: 'rollback', planClass: 'automatic_rollback', state: 'EXECUTING' },
        ...{ to: { version: '1.0.0' }, values: {} },
      }),
    );
    const onFirst = await onDev(scene);
    expect(onFirst).toMatchObject({ type: 'rollback', planClass: 'requested_rollback' });
    for (const one of [e, f]) await bringOn(one, await one.lastPlan());
    await bringOnDev(scene);
    await look();
    expect(await scene.world.stored(back)).toMatchObject({ status: 'completed' });
    expect([(await e.lastPlan()).id, (await f.lastPlan()).id]).toEqual(plans.map((one) => one.id));
  });
});

/** A canary that is done on `dev`, and executes its second step on two others at once. */
async function halfWayOnTwo() {
  const scene = await StrategyWorld.build();
  const { engine } = scene.world;
  const [e, f] = [await spoke(scene, 'e'), await spoke(scene, 'f')];
  const look = async (): Promise<void> => {
    for (;;) {
      const next = await scene.world.follow();
      if (next === undefined) break;
      await engine.goTo(next.toISOString());
      for (const one of [e, f]) await one.heard();
    }
    await scene.world.follow();
  };
  const { id } = await scene.deploy('canary');
  for (let step = 1; step <= 5; step += 1) {
    await bringOnDev(scene);
    await look();
  }
  await bringOn(e, await e.lastPlan());
  await bringOn(f, await f.lastPlan());
  await look();
  expect(await scene.world.stored(id)).toMatchObject({
    targets: [
      { spoke: 'dev', state: 'healthy' },
      { spoke: 'e', state: 'executing', rollout: { step: 2 } },
      { spoke: 'f', state: 'executing', rollout: { step: 2 } },
    ],
  });
  return { scene, e, f, look, id };
}

async function bringOn(one: OtherSpoke, plan: Plan, health = 'Healthy'): Promise<void> {
  const { values, to, content } = plan;
  const revision = (content.base?.revision ?? 0) + 1;
  await one.succeed(plan.id, { version: to?.version ?? '', revision, values, health });
}

async function bringOnDev(scene: StrategyWorld): Promise<void> {
  const { id, content, values, to } = await onDev(scene);
  const revision = (content.base?.revision ?? 0) + 1;
  await scene.world.engine.result(id, SUCCEEDED, { version: to?.version ?? '', revision, values });
}

async function onDev(scene: StrategyWorld): Promise<Plan> {
  const plan = (await scene.world.engine.plans()).filter((one) => one.spoke === 'dev').at(-1);
  if (plan === undefined) throw new Error('no plan on dev');
  return plan;
}

/** Another spoke of `dev` on which `aria` 1.0.0 runs. */
async function spoke(scene: StrategyWorld, name: string): Promise<OtherSpoke> {
  const { engine } = scene.world;
  const other = await OtherSpoke.joinIn(engine, name, 'dev');
  await other.report();
  await other.want({ version: '1.0.0' });
  await engine.settle();
  await other.succeed((await other.lastPlan()).id, { version: '1.0.0', revision: 1 });
  await engine.settle();
  return other;
}
