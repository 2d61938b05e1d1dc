import { beforeEach, describe, expect, it } from '@jest/globals';
import { cancelPlan } from '../engine/cancel-plan.js';
import { type Resolution, resolvePlan } from '../engine/resolve-plan.js';
import { failed, must, PERSON } from '../testing/engine-world.js';
import { ProductionWorld } from '../testing/production-world.js';

let scene: ProductionWorld;
let id: string;
/** 1.0.0 runs in `dev` and `prod`; the plan that brings 1.1.0 to `prod` is out. */
beforeEach(async () => {
  scene = await ProductionWorld.build();
  await scene.promoted('1.0.0');
  await scene.inDev('1.1.0');
  await scene.prod.heard();
  ({ id } = must(await scene.promote()));
  await scene.world.follow();
  await scene.world.engine.approveAll('sre-1');
  await scene.world.follow();
  await scene.world.engine.register('aria', '1.1.1');
});

/** Nothing is heard of `prod` for 20 minutes. */
async function lost(): Promise<void> {
  scene.world.engine.clock.advance(20 * 60_000);
  await scene.world.engine.goTo(scene.world.engine.clock.now().toISOString());
  await scene.world.follow();
}

const waits = async (deployment = id) => (await scene.world.shown(deployment)).waitsFor;

async function resolve(outcome: Resolution): Promise<void> {
  const { context } = scene.world.engine;
  const plan = await scene.prod.lastPlan();
  must(await resolvePlan(context, PERSON, plan.id, outcome, 'the cluster is gone'));
  await scene.world.follow();
}

const EXECUTES = { code: 'executing', entity: 'aria-prod', message: expect.any(String) };

describe('a deployment whose spoke is lost', () => {
  it('while its plan is out names the spoke, and how a person ends it', async () => {
    expect(await waits()).toMatchObject([EXECUTES]);
    await lost();
    const { id: plan } = await scene.prod.lastPlan();
    expect(await waits()).toEqual([
      {
        ...{ code: 'spoke_lost', entity: 'aria-prod', plan, data: { spoke: 'prod' } },
        message: `plan ${plan} is executing, and spoke prod is lost; if that does not come back, look in its cluster and say how the plan ended (POST /api/v1/plans/${plan}/resolve, apolloctl resolve ${plan})`,
      },
    ]);
    await resolve('CANCELLED');
    expect(await scene.world.stored(id)).toMatchObject({ status: 'failed' });
  });

  it('goes on by itself where the spoke comes back', async () => {
    await lost();
    await scene.prod.heard();
    await scene.world.follow();
    expect(await waits()).toMatchObject([EXECUTES]);
  });

  it('while it goes back names the plan of the rollback', async () => {
    await scene.prod.result(failed('unhealthy'));
    await scene.world.follow();
    await lost();
    const { id: plan, type } = await scene.prod.lastPlan();
    expect(type).toBe('rollback');
    expect(await waits()).toMatchObject([
      {
        ...{ code: 'spoke_lost', entity: 'aria-prod', plan, data: { spoke: 'prod' } },
        message: expect.stringContaining(`apolloctl resolve ${plan}`),
      },
    ]);
    await resolve('SUCCEEDED');
    expect(await scene.world.stored(id)).toMatchObject({ status: 'rolled_back' });
  });

  it('before its rollback has gone out has that cancelled', async () => {
    await lost();
    await resolve('FAILED');
    const rollback = await scene.prod.lastPlan();
    expect(rollback).toMatchObject({ type: 'rollback', state: 'BLOCKED' });
    expect(await waits()).toMatchObject([
      {
        ...{ code: 'spoke_lost', plan: rollback.id, data: { spoke: 'prod' } },
        message: expect.stringContaining(`apolloctl cancel ${rollback.id}`),
      },
      { code: 'spoke_ready', plan: rollback.id },
    ]);
    const { context } = scene.world.engine;
    must(await cancelPlan(context, PERSON, rollback.id, 'the cluster is gone'));
    await scene.world.follow();
    expect(await scene.world.stored(id)).toMatchObject({ status: 'failed' });
  });

  it('is not passed by a hotfix, which says why, until a person has ended it', async () => {
    const { deployment } = must(await scene.hotfix({ version: '1.1.1' }));
    await scene.world.follow();
    const { id: plan } = await scene.prod.lastPlan();
    const queued = { code: 'queued', data: { deployment: id } };
    const underWay = `deployment ${id} of the same service is under way there: plan ${plan} is executing`;
    expect(await waits(deployment.id)).toEqual([{ ...queued, message: underWay }]);
    await lost();
    expect(await waits(deployment.id)).toMatchObject([
      {
        ...queued,
        message: expect.stringMatching(`^${underWay}, and spoke prod is lost; .* resolve ${plan}`),
      },
    ]);
    await resolve('CANCELLED');
    expect(await scene.world.stored(deployment.id)).toMatchObject({
      queued: false,
      targets: [{ entity: 'aria-prod', state: 'skipped' }],
    });
  });
});
