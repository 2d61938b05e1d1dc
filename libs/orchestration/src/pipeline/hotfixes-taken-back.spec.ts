import { beforeEach, describe, expect, it } from '@jest/globals';
import { failed, must } from '../testing/engine-world.js';
import { ProductionWorld } from '../testing/production-world.js';
import { readServiceStatus } from './read-service-status.js';

let scene: ProductionWorld;
/** 1.0.0 runs in `dev` and `prod`, and a hotfix brings 1.0.1 to `prod`. */
let hotfix: string;
beforeEach(async () => {
  scene = await ProductionWorld.build();
  await scene.promoted('1.0.0');
  await scene.world.engine.register('aria', '1.0.1');
  hotfix = must(await scene.hotfix({ version: '1.0.1' })).deployment.id;
});

/** The plans in `prod` that wait for an sre go out. */
async function goesOut(): Promise<void> {
  await scene.world.follow();
  await scene.world.engine.approveAll('sre-1');
  await scene.world.follow();
}

const told = async () => {
  const { context } = scene.world.engine;
  const { backPorts } = await readServiceStatus(context, { service: 'aria' });
  return backPorts.map((owed) => owed.hotfix.id);
};
const owing = () =>
  scene.world.engine.context.store.transact((unit) => unit.deployments.owingBackPort('aria'));

describe('a hotfix that completed', () => {
  beforeEach(async () => {
    await scene.finishInProd();
    expect(await told()).toEqual([hotfix]);
  });

  it('owes nothing any more once it is taken back, and that is not called brought back', async () => {
    must(await scene.rollBack());
    expect(await told()).toEqual([hotfix]);
    await scene.finishInProd();
    expect(await scene.prod.lastPlan()).toMatchObject({ type: 'rollback', state: 'SUCCEEDED' });
    expect(await owing()).toEqual([]);
    expect(await told()).toEqual([]);
    const now = scene.world.engine.clock.now().toISOString();
    expect(await scene.world.stored(hotfix)).toMatchObject({ takenBackAt: now });
    await scene.inDev('1.1.0');
    expect(await scene.world.stored(hotfix)).not.toHaveProperty('backPortedAt');
  });

  it('owes nothing any more once it has gone by something else than a deployment', async () => {
    await scene.prod.want({ version: '1.0.0' });
    await goesOut();
    const { id } = await scene.prod.lastPlan();
    await scene.prod.succeed(id, { version: '1.0.0', revision: 9 });
    await scene.world.follow();
    expect(await told()).toEqual([]);
    expect(await owing()).toEqual([]);
  });

  it('owes it still where taking it back fails, and it runs on', async () => {
    must(await scene.rollBack());
    await scene.world.follow();
    await scene.prod.result(failed('broken'));
    await scene.lookOn();
    expect(await told()).toEqual([hotfix]);
    expect(await scene.world.stored(hotfix)).not.toHaveProperty('takenBackAt');
  });

  it('does not keep older versions out once it is taken back', async () => {
    must(await scene.rollBack());
    await scene.finishInProd();
    await scene.lookOn();
    expect(must(await scene.promote())).toMatchObject({ toVersion: '1.0.0' });
  });
});

describe('a hotfix that does badly', () => {
  /** It is there, and looked at until it is taken back. */
  beforeEach(async () => {
    await goesOut();
    const { id } = await scene.prod.lastPlan();
    const sick = { version: '1.0.1', revision: 7, health: 'Degraded' };
    await scene.prod.succeed(id, sick);
    expect(await scene.promote()).toMatchObject({
      error: {
        code: 'promotion/below_hotfix',
        detail: expect.stringContaining(
          `1.0.0 is older than 1.0.1, which is on its way to prod by hotfix ${hotfix}`,
        ),
      },
    });
    await scene.lookOn();
    expect(await scene.prod.lastPlan()).toMatchObject({ rollbackOf: id });
  });

  it('keeps nothing out while it goes back: what is promoted waits behind it', async () => {
    expect(must(await scene.promote())).toMatchObject({ toVersion: '1.0.0', queued: true });
  });

  it('owes nothing, and keeps nothing out once it is gone', async () => {
    const { id } = await scene.prod.lastPlan();
    await scene.prod.succeed(id, { version: '1.0.0', revision: 8 });
    await scene.lookOn();
    expect(await scene.world.stored(hotfix)).toMatchObject({ status: 'rolled_back' });
    expect(await told()).toEqual([]);
    expect(must(await scene.promote())).toMatchObject({ toVersion: '1.0.0', queued: false });
  });
});
