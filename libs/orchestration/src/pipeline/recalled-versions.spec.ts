import { beforeEach, describe, expect, it } from '@jest/globals';
import { withdrawRecall } from '../recalls/withdraw-recall.js';
import { must, PERSON } from '../testing/engine-world.js';
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
    detail: `aria ${version} is recalled: It loses orders (recall ${id}), so it would never be brought; name a version that may run, or withdraw the recall (DELETE /api/v1/recalls/${id})`,
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
