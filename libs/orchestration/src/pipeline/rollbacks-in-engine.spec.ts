import { beforeEach, describe, expect, it } from '@jest/globals';
import { type DesiredState, restoredValues, type Values } from '@apollo-deploy/domain';
import { must } from '../testing/engine-world.js';
import { ProductionWorld } from '../testing/production-world.js';

let scene: ProductionWorld;
/** 1.0.0 ran in `prod` with two replicas, and 1.1.0 runs there with five. */
beforeEach(async () => {
  scene = await ProductionWorld.build();
  await scene.promoted('1.0.0');
  await edited({ version: '1.0.0' }, { replicas: 2 });
  await scene.finishInProd();
  await edited({ version: '1.0.0' }, { replicas: 5 });
  await scene.promoted('1.1.0');
});

/** Somebody edits the entity in `prod`. */
async function edited(desired: DesiredState, values: Values): Promise<void> {
  await scene.prod.want(desired, values);
  await scene.world.follow();
}
const view = () => scene.world.engine.view('aria-prod');
const waitsOf = async (id: string) => {
  await scene.world.follow();
  return (await scene.world.shown(id)).waitsFor.map(({ code }) => code);
};

describe('what a rollback goes back to', () => {
  it('is what succeeded there, values included, and so waits for nobody', async () => {
    const made = must(await scene.rollBack());
    expect(made).toMatchObject({ toVersion: '1.0.0', targets: [{ values: { replicas: 2 } }] });
    expect(restoredValues(made)).toEqual([
      {
        entity: 'aria-prod',
        changes: [{ path: 'replicas', change: 'changed', before: 5, after: 2 }],
        more: 0,
      },
    ]);
    expect(await waitsOf(made.id)).not.toContain('approval');
    const plan = await scene.prod.lastPlan();
    expect(plan).toMatchObject({ planClass: 'requested_rollback', values: { replicas: 2 } });
    await scene.finishInProd();
    expect(await scene.world.stored(made.id)).toMatchObject({ status: 'completed' });
    const { entity, hold } = await view();
    expect(entity).toMatchObject({ desired: { version: '1.0.0' }, values: { replicas: 2 } });
    expect(hold?.fixes).toMatchObject({ version: '1.0.0', values: { replicas: 2 } });
  });

  it('does not depend on values that were edited since and never ran', async () => {
    await edited({ version: '1.1.0' }, { replicas: 9 });
    const made = must(await scene.rollBack({ targetVersion: '1.0.0' }));
    expect(await waitsOf(made.id)).not.toContain('approval');
    expect((await scene.prod.lastPlan()).values).toEqual({ replicas: 2 });
    expect(restoredValues(made)).toMatchObject([{ changes: [{ before: 9, after: 2 }] }]);
  });

  it('is put back as it was where the rollback gives way to another request', async () => {
    must(await scene.rollBack());
    const { entity } = await view();
    expect(entity).toMatchObject({ desired: { version: '1.0.0' }, values: { replicas: 2 } });
    await scene.world.engine.register('aria', '1.2.0');
    const { deployment } = must(await scene.hotfix({ version: '1.2.0' }));
    expect(deployment.targets[0]).toMatchObject({ before: { version: '1.1.0' } });
    expect((await view()).entity.values).toEqual({ replicas: 5 });
  });

  it('gives way to a person who names other values', async () => {
    const { id } = must(await scene.rollBack());
    await edited({ version: '1.0.0' }, { replicas: 7 });
    const { status, notes } = await scene.world.stored(id);
    expect([status, notes]).toEqual([
      'failed',
      expect.stringContaining('has said since that something else is to run'),
    ]);
    expect((await view()).entity.values).toEqual({ replicas: 7 });
  });

  it('may be what runs already: nothing is changed, that is said, and it is held', async () => {
    const plans = (await scene.world.engine.plans()).length;
    const made = must(await scene.rollBack({ targetVersion: '1.1.0' }));
    expect(made).toMatchObject({
      ...{ status: 'completed', fromVersion: '1.1.0', toVersion: '1.1.0' },
      notes:
        'completed: aria-prod: it ran already, so nothing was changed; the deployment that brought it found it well, and its spoke does now',
    });
    expect(await scene.world.engine.plans()).toHaveLength(plans);
    expect((await view()).hold).toMatchObject({
      ...{ until: 'lifted', cause: 'rollback', by: 'dev-operator' },
      fixes: { version: '1.1.0', values: { replicas: 5 } },
    });
  });

  it('is held until it is lifted where it came back by itself, and was held for something newer', async () => {
    await scene.world.engine.register('aria', '1.2.0');
    await scene.inDev('1.2.0');
    await scene.world.engine.register('aria', '1.3.0');
    await scene.failsInDev('1.3.0', '1.2.0');
    const held = async () => (await scene.world.engine.view('aria-dev')).hold;
    expect(await held()).toMatchObject({ until: 'newer', fixes: { version: '1.2.0' } });
    must(await scene.rollBack({ environment: 'dev', targetVersion: '1.2.0' }));
    expect(await held()).toMatchObject({ until: 'lifted', fixes: { version: '1.2.0' } });
    const before = await held();
    must(await scene.rollBack({ environment: 'dev', targetVersion: '1.2.0' }));
    expect((await held())?.id).toBe(before?.id);
  });

  it('keeps the values that there are where the version never succeeded there', async () => {
    await scene.world.engine.register('aria', '0.9.0');
    const made = must(await scene.rollBack({ targetVersion: '0.9.0' }));
    expect(made.targets[0]).not.toHaveProperty('values');
    expect(restoredValues(made)).toEqual([]);
    expect(await waitsOf(made.id)).toContain('approval');
  });
});

describe('a rollback that somebody asked for', () => {
  /** Its plan brings 1.0.0 back to `prod`, where that is Degraded. */
  async function broughtBackSick(): Promise<{ readonly id: string; readonly planId: string }> {
    const made = must(await scene.rollBack());
    await scene.world.follow();
    const { id: planId, values } = await scene.prod.lastPlan();
    const seen = { version: '1.0.0', revision: 9, values, health: 'Degraded' };
    await scene.prod.succeed(planId, seen);
    await scene.lookOn();
    return { id: made.id, planId };
  }

  it('is not itself taken back where what it brought is not healthy: that stays, held', async () => {
    const { id, planId } = await broughtBackSick();
    const ended = await scene.world.stored(id);
    expect(ended).toMatchObject({ status: 'failed', targets: [{ state: 'failed', planId }] });
    expect(ended.notes).toBe(
      'failed: aria-prod: it was not healthy: 1.0.0 is deployed and Degraded; a rollback is not taken back: 1.0.0 stays there, held; see what is wrong with it, or name the version that is to run (POST /promote or /hotfix)',
    );
    expect(await scene.prod.lastPlan()).toMatchObject({ id: planId, state: 'SUCCEEDED' });
    const { entity, hold } = await view();
    expect(entity).toMatchObject({ desired: { version: '1.0.0' }, values: { replicas: 2 } });
    expect(hold).toMatchObject({ until: 'lifted', fixes: { version: '1.0.0' } });
  });

  it('raises an alarm then, and proposes nothing, however long nobody looks', async () => {
    const { planId } = await broughtBackSick();
    const { store } = scene.world.engine.context;
    const { items } = await store.transact((unit) => unit.audit.list({}, { limit: 200 }));
    expect(items.filter(({ action }) => action === 'alarm')).toMatchObject([
      {
        subject: 'entity/aria-prod',
        detail: { cause: 'rollback_unhealthy', plan: planId },
      },
    ]);
    scene.world.engine.clock.advance(3_600_000);
    await scene.prod.heard();
    await scene.world.engine.engine.markDue();
    await scene.world.follow();
    expect(await scene.prod.lastPlan()).toMatchObject({ id: planId });
  });
});
