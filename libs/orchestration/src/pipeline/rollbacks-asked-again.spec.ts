import { beforeEach, describe, expect, it } from '@jest/globals';
import { must } from '../testing/engine-world.js';
import { ProductionWorld } from '../testing/production-world.js';

let scene: ProductionWorld;
/** 1.0.1 and then 1.1.0 completed in `prod`, where rollbacks wait for an sre; 1.0.0 never was there. */
beforeEach(async () => {
  scene = await ProductionWorld.build();
  await scene.world.engine.register('aria', '1.0.1');
  await scene.inDev('1.0.0');
  await scene.promoted('1.0.1');
  await scene.promoted('1.1.0');
});

function back(change: { readonly targetVersion?: string; readonly reason?: string } = {}) {
  return scene.rollBack({ environment: 'prod', ...change });
}

describe('a rollback that names no version, while another one is under way', () => {
  it('does not repeat a version that never completed there: it goes to what did', async () => {
    const slip = must(await back({ targetVersion: '1.0.0' }));
    await scene.world.follow();
    const { id, toVersion, notes } = must(await back({ reason: 'Orders are lost' }));
    expect({ toVersion, notes }).toEqual({ toVersion: '1.0.1', notes: 'Orders are lost' });
    expect(await scene.world.stored(slip.id)).toMatchObject({ supersededBy: id });
    await scene.finishInProd();
    expect(await scene.world.stored(id)).toMatchObject({ status: 'completed' });
  });

  it('does not repeat it either where that has gone out: it waits behind it', async () => {
    must(await back({ targetVersion: '1.0.0' }));
    await scene.world.follow();
    await scene.world.engine.approveAll('sre-1');
    await scene.world.follow();
    expect(must(await back())).toMatchObject({ toVersion: '1.0.1', queued: true });
  });

  it.each([
    { name: 'for a reason', asked: { reason: 'Orders are lost' }, begins: 'Orders are lost; ' },
    { name: 'for none', asked: {}, begins: '' },
  ])('asks once more for what completed there $name, and says so', async ({ asked, begins }) => {
    const first = must(await back());
    await scene.world.follow();
    const again = must(await back(asked));
    expect(again).toMatchObject({
      toVersion: '1.0.1',
      notes: `${begins}it asks once more for 1.0.1, to which rollback ${first.id} was on its way`,
    });
  });
});
