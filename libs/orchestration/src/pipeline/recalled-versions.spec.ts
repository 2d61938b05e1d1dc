import { beforeEach, describe, expect, it } from '@jest/globals';
import { isOpen } from '@apollo-deploy/domain';
import { withdrawRecall } from '../recalls/withdraw-recall.js';
import { must, PERSON } from '../testing/engine-world.js';
import { OtherSpoke } from '../testing/other-spoke.js';
import { ProductionWorld } from '../testing/production-world.js';

let scene: ProductionWorld;
beforeEach(async () => {
  scene = await ProductionWorld.build();
  await scene.world.engine.register('aria', '1.2.0');
});

/** What is said of a version that is recalled, for which the request has this field. */
const recalled = (version: string, id: string, field: string) => ({
  ok: false,
  error: {
    code: 'deployment/recalled',
    detail: `aria ${version} is recalled by dev-operator: It loses orders (recall ${id}), so it would never be brought; name a version that may run, or withdraw the recall (DELETE /api/v1/recalls/${id})`,
    field,
    data: { version, recall: id },
  },
});

describe('a version that is recalled', () => {
  it('is refused where a deployment or a hotfix names it', async () => {
    await scene.promoted('1.0.0');
    const { id } = await scene.world.engine.recall('1.1.0');
    expect(await scene.world.request({ version: '1.1.0' })).toEqual(
      recalled('1.1.0', id, 'version'),
    );
    expect(await scene.hotfix({ version: '1.1.0' })).toEqual(recalled('1.1.0', id, 'version'));
  });

  it('is refused where a promotion would bring it, with what was proven and is no more', async () => {
    await scene.inDev('1.0.0');
    await scene.prod.heard();
    const { id } = await scene.world.engine.recall('1.0.0');
    expect(await scene.promote()).toEqual({
      ok: false,
      error: {
        code: 'deployment/recalled',
        detail: `aria 1.0.0 is recalled by dev-operator: It loses orders (recall ${id}), so it would never be brought; deploy a version that may run to dev and promote that, or withdraw the recall (DELETE /api/v1/recalls/${id}) and let 1.0.0 succeed in dev once more, as the recall has ended what it had proven there`,
        data: { version: '1.0.0', recall: id },
      },
    });
  });

  it('is refused where a promotion would bring what no deployment brought', async () => {
    const { engine } = scene.world;
    await engine.entity({ channel: 'dev' });
    await engine.settle();
    await scene.world.succeed('1.2.0', 1);
    await scene.prod.heard();
    const { id } = await engine.recall('1.2.0');
    expect(await scene.promote()).toMatchObject({
      error: { code: 'deployment/recalled', data: { version: '1.2.0', recall: id } },
    });
  });

  it('is deployed as any other once its recall is withdrawn', async () => {
    const { id } = await scene.world.engine.recall('1.1.0');
    must(await withdrawRecall(scene.world.engine.context, PERSON, id));
    expect(must(await scene.world.request({ version: '1.1.0' })).toVersion).toBe('1.1.0');
  });
});

describe('a rollback in front of recalled versions', () => {
  /** 1.0.0, 1.1.0 and 1.2.0 completed one after another in `prod`. */
  beforeEach(async () => {
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) await scene.promoted(version);
  });

  it('passes over what is recalled', async () => {
    await scene.world.engine.recall('1.1.0');
    expect(must(await scene.rollBack()).toVersion).toBe('1.0.0');
  });

  it('is refused with the recall where nothing else completed before', async () => {
    const { id } = await scene.world.engine.recall('<1.2.0');
    expect(await scene.rollBack()).toEqual(recalled('1.1.0', id, 'target_version'));
  });

  it('is refused where it names one', async () => {
    const { id } = await scene.world.engine.recall('1.1.0');
    expect(await scene.rollBack({ targetVersion: '1.1.0' })).toEqual(
      recalled('1.1.0', id, 'target_version'),
    );
  });

  it('goes further back than one that is under way, and whose version was recalled since', async () => {
    must(await scene.rollBack());
    await scene.world.follow();
    await scene.world.engine.approveAll('sre-1');
    await scene.world.follow();
    await scene.world.engine.recall('1.1.0');
    expect(must(await scene.rollBack())).toMatchObject({ toVersion: '1.0.0' });
  });
});

describe('a deployment whose version is recalled before anything of it has gone out', () => {
  const told = (version: string, id: string) =>
    `${version} is recalled by dev-operator: It loses orders (recall ${id}), so it was not brought; ask for another version, or withdraw the recall and ask again`;
  const openPlans = async () => {
    const plans = await scene.world.engine.plans();
    return plans.filter(({ entity, state }) => entity === 'aria-prod' && isOpen(state));
  };

  it('fails with the recall named, and leaves what was desired before', async () => {
    const { engine } = scene.world;
    await scene.promoted('1.0.0');
    await scene.inDev('1.1.0');
    await scene.prod.heard();
    const { id } = must(await scene.promote());
    await scene.world.follow();
    expect(await openPlans()).toMatchObject([{ to: { version: '1.1.0' } }]);
    const recall = await engine.recall('1.1.0');
    await scene.world.follow();
    expect(await scene.world.stored(id)).toMatchObject({
      ...{ status: 'failed', targets: [{ state: 'failed' }] },
      notes: `failed: aria-prod: ${told('1.1.0', recall.id)}`,
    });
    const [entity] = await engine.context.store.transact((unit) =>
      unit.entities.getMany(['aria-prod']),
    );
    expect(entity?.desired).toEqual({ version: '1.0.0' });
    expect(await openPlans()).toEqual([]);
  });

  it('fails before its next wave, and what it has brought is left to the recall', async () => {
    const { world } = scene;
    await OtherSpoke.joinIn(world.engine, 'dev-2', 'dev');
    const { id } = await world.deploy({ version: '1.1.0' });
    await world.succeed('1.1.0', 1);
    const recall = await world.engine.recall('1.1.0');
    await world.lookOn();
    const { status, targets } = await world.stored(id);
    expect({ status, targets }).toMatchObject({
      status: 'failed',
      targets: [{ wave: 0 }, { wave: 1, state: 'failed', note: told('1.1.0', recall.id) }],
    });
  });
});

describe('a deployment away from what is recalled', () => {
  it('waits for its evaluation, whatever was said before it was asked for', async () => {
    const { world } = scene;
    await scene.inDev('1.1.0');
    await world.engine.recall('1.1.0');
    await world.engine.settle();
    world.engine.clock.advance(1_000);
    const { id } = must(await world.request({ version: '1.0.0' }));
    expect((await world.shown(id)).waitsFor).toMatchObject([{ code: 'plan' }]);
  });
});
