import { beforeEach, describe, expect, it } from '@jest/globals';
import { failed, must } from '../testing/engine-world.js';
import { ProductionWorld } from '../testing/production-world.js';

let scene: ProductionWorld;
/** 1.0.0 and 1.1.0 completed in `prod`, and a promotion of 1.2.0 executes there. */
beforeEach(async () => {
  scene = await ProductionWorld.build();
  await scene.promoted('1.0.0');
  await scene.promoted('1.1.0');
  await scene.world.engine.register('aria', '1.2.0');
  await scene.inDev('1.2.0');
  await scene.prod.heard();
  must(await scene.promote());
  await goesOut();
});

/** What waits for an sre in `prod` goes out. */
async function goesOut(): Promise<void> {
  await scene.world.follow();
  await scene.world.engine.approveAll('sre-1');
  await scene.world.follow();
}

/** What executes in `prod` fails there, and what ran before comes back by itself. */
async function failsInProd(version: string, back: string): Promise<void> {
  const { id } = await scene.prod.lastPlan();
  await scene.prod.report({
    version,
    revision: 20,
    status: 'failed',
    health: 'Degraded',
    planId: id,
  });
  await scene.prod.result(failed('unhealthy'));
  await scene.world.follow();
  const restore = await scene.prod.lastPlan();
  expect(restore).toMatchObject({ rollbackOf: id });
  await scene.prod.succeed(restore.id, { version: back, revision: 21 });
  await scene.lookOn();
}

const runsInProd = async () => (await scene.world.engine.view('aria-prod')).entity.desired;

describe('a rollback behind a deployment that executes', () => {
  it('goes to what ran before that: nothing is left to do where it came back by itself', async () => {
    const made = must(await scene.rollBack());
    expect(made).toMatchObject({ queued: true, toVersion: '1.1.0' });
    expect(made).not.toHaveProperty('fromVersion');
    await failsInProd('1.2.0', '1.1.0');
    await scene.world.follow();
    expect(await scene.world.stored(made.id)).toMatchObject({
      ...{ status: 'completed', fromVersion: '1.1.0', toVersion: '1.1.0' },
      notes:
        'completed: aria-prod: it ran already, so nothing was changed; the deployment that brought it found it well, and its spoke does now',
    });
    expect(await runsInProd()).toEqual({ version: '1.1.0' });
  });

  it('takes that back where it completes after all', async () => {
    const made = must(await scene.rollBack());
    const { id } = await scene.prod.lastPlan();
    await scene.prod.succeed(id, { version: '1.2.0', revision: 20 });
    await scene.lookOn();
    expect(await scene.world.stored(made.id)).toMatchObject({
      ...{ fromVersion: '1.2.0', toVersion: '1.1.0', queued: false },
    });
    await scene.finishInProd();
    expect(await scene.world.stored(made.id)).toMatchObject({ status: 'completed' });
    expect(await runsInProd()).toEqual({ version: '1.1.0' });
  });

  it('asked for twice goes no further back', async () => {
    must(await scene.rollBack());
    expect(must(await scene.rollBack())).toMatchObject({ queued: true, toVersion: '1.1.0' });
  });
});

describe('a rollback behind a rollback', () => {
  /** 1.2.0 completed; its rollback is out, or is looked at. */
  beforeEach(async () => {
    const { id } = await scene.prod.lastPlan();
    await scene.prod.succeed(id, { version: '1.2.0', revision: 20 });
    await scene.lookOn();
    must(await scene.rollBack());
    await goesOut();
  });

  it('asks for the same while that executes', async () => {
    expect(must(await scene.rollBack())).toMatchObject({ queued: true, toVersion: '1.1.0' });
  });

  it('asks for the same while it is looked how that does', async () => {
    const { id } = await scene.prod.lastPlan();
    await scene.prod.succeed(id, { version: '1.1.0', revision: 21 });
    await scene.world.follow();
    const second = must(await scene.rollBack());
    expect(second).toMatchObject({ queued: true, toVersion: '1.1.0' });
    await scene.lookOn();
    await scene.world.follow();
    expect(await scene.world.stored(second.id)).toMatchObject({
      ...{ status: 'completed', fromVersion: '1.1.0', toVersion: '1.1.0' },
    });
  });

  it('may name another version', async () => {
    const made = must(await scene.rollBack({ targetVersion: '1.0.0' }));
    expect(made).toMatchObject({ queued: true, toVersion: '1.0.0' });
  });
});
