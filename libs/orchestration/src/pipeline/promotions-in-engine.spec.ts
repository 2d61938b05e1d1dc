import { beforeEach, describe, expect, it } from '@jest/globals';
import { jsonDigest, sha256Hex } from '@apollo-deploy/kernel';
import { putEntity } from '../catalog/put-entity.js';
import { must, PERSON, personCalled } from '../testing/engine-world.js';
import { ProductionWorld } from '../testing/production-world.js';

let scene: ProductionWorld;
beforeEach(async () => {
  scene = await ProductionWorld.build();
});

/** Why it was refused; the specified text is in every one. */
async function because(): Promise<unknown> {
  const refused = await scene.promote();
  expect(refused).toMatchObject({
    ok: false,
    error: {
      code: 'promotion/source_not_healthy',
      detail: 'Service aria is not healthy in dev. Fix it before promoting.',
    },
  });
  return refused.ok ? undefined : refused.error.data?.['because'];
}

async function inProd(): Promise<string | undefined> {
  return (await scene.world.engine.view('aria-prod')).reported?.release?.version;
}

describe('a promotion', () => {
  it('promotes nothing else than what was tested: what completed in the source, with the proof', async () => {
    const source = await scene.inDev('1.0.0');
    // Newer than what was tested, in the channel of dev and everywhere else.
    await scene.world.engine.release('1.1.0');
    const made = must(await scene.promote({ reason: 'Tested and verified' }));
    expect(made).toMatchObject({
      ...{ kind: 'promote', environment: 'prod', strategy: 'rolling', backup: 'required' },
      ...{ toVersion: '1.0.0', chartSha256: sha256Hex('aria 1.0.0') },
      notes: 'Promoted from dev: Tested and verified',
      proof: {
        ...{ environment: 'dev', deploymentId: source.id, planIds: [source.targets[0]?.planId] },
        ...{ version: '1.0.0', chartSha256: sha256Hex('aria 1.0.0') },
        valuesDigests: { 'aria-dev': jsonDigest({}) },
        healthySince: '2026-01-05T09:00:00.000Z',
        at: '2026-01-05T09:00:15.000Z',
      },
    });
    await scene.finishInProd();
    expect(await scene.world.stored(made.id)).toMatchObject({ status: 'completed' });
    expect(await inProd()).toBe('1.0.0');
  });

  it('waits for the people who agree to what reaches production', async () => {
    await scene.inDev('1.0.0');
    const { id } = must(await scene.promote());
    await scene.world.follow();
    const { deployment, waitsFor } = await scene.world.shown(id);
    expect(deployment.status).toBe('pending');
    expect(waitsFor).toMatchObject([{ code: 'approval', entity: 'aria-prod' }]);
  });

  it('is known by the plan that it asked for until it has ended, and by no other', async () => {
    const { engine } = scene.world;
    const inDev = await scene.inDev('1.0.0');
    const planInDev = await engine.planOf(inDev.targets[0]?.planId ?? '');
    const { id } = must(await scene.promote({ reason: 'tested' }));
    const asking = async () => {
      const plans = [await scene.prod.lastPlan(), planInDev];
      return (await engine.engine.withApprovals(plans)).map(({ deployment }) => deployment?.id);
    };
    await scene.world.turns('replica-1');
    await engine.settle();
    // Before whoever follows the deployment has seen the plan.
    expect((await scene.world.stored(id)).targets[0]?.planId).toBeUndefined();
    expect(await asking()).toEqual([id, undefined]);
    await scene.world.follow();
    expect(await asking()).toEqual([id, undefined]);
    const { id: planId, digest } = await scene.prod.lastPlan();
    const given = must(await engine.engine.approvePlan(personCalled('sre-1'), planId, { digest }));
    expect(given.deployment?.id).toBe(id);
    await scene.finishInProd();
    expect(await asking()).toEqual([undefined, undefined]);
  });

  it('of what is still being tested is refused', async () => {
    await scene.inDev('1.0.0');
    await scene.world.deploy({ version: '1.1.0' });
    await scene.world.succeed('1.1.0', 9);
    expect(await because()).toEqual([
      'aria-dev: 1.1.0 runs, and 1.0.0 is what completed here last',
    ]);
  });

  it.each([
    { name: 'for the first time', before: [] },
    { name: 'once more', before: ['1.0.0'] },
  ])('of what is being tested $name is refused, until it has completed', async ({ before }) => {
    for (const version of before) await scene.inDev(version);
    const { engine } = scene.world;
    if (before.length > 0) {
      engine.clock.advance(1000);
      const entity = (await engine.view('aria-dev')).entity;
      must(await putEntity(engine.context, PERSON, { ...entity, values: { replicas: 2 } }));
    }
    const { id } = await scene.world.deploy({ version: '1.0.0' });
    await scene.world.succeed('1.0.0', 9);
    expect(await scene.world.stored(id)).toMatchObject({ status: 'health_check' });
    expect(await because()).toEqual([
      `deployment ${id} to 1.0.0 is under way there; wait for its end`,
    ]);
    await scene.world.lookOn();
    await scene.prod.heard();
    expect(must(await scene.promote())).toMatchObject({ proof: { deploymentId: id } });
  });

  it('after a newer version failed and went back by itself brings what completed before', async () => {
    await scene.inDev('1.0.0');
    expect(await scene.failsInDev('1.1.0', '1.0.0')).toMatchObject({ status: 'rolled_back' });
    await scene.prod.heard();
    expect(must(await scene.promote()).toVersion).toBe('1.0.0');
  });

  it('of what is sick, or nobody hears of, is refused with the reason', async () => {
    await scene.inDev('1.0.0');
    await scene.world.engine.report({
      aria: { version: '1.0.0', revision: 1, health: 'Degraded' },
    });
    expect(await because()).toEqual(['aria-dev: 1.0.0 is Degraded']);
    scene.world.engine.clock.advance(60_000);
    expect(await because()).toEqual(['aria-dev: spoke dev is not heard']);
  });

  it('of a service that is not there is refused', async () => {
    expect(await because()).toEqual(['aria is nowhere in dev']);
  });

  it.each([
    {
      name: 'the wrong way',
      change: { from: 'prod', to: 'dev' },
      code: 'promotion/invalid_path',
      detail: 'Invalid promotion path: prod → dev',
    },
    {
      name: 'to where it is',
      change: { from: 'dev', to: 'dev' },
      code: 'promotion/invalid_path',
      detail: 'Invalid promotion path: dev → dev',
    },
    {
      name: 'to nowhere',
      change: { to: 'moon' },
      code: 'catalog/environment_not_found',
      detail: expect.stringContaining('"moon"'),
    },
    {
      name: 'of nothing',
      change: { service: 'none' },
      code: 'catalog/product_not_found',
      detail: expect.stringContaining('"none"'),
    },
  ])('$name is refused', async ({ change, code, detail }) => {
    await scene.inDev('1.0.0');
    expect(await scene.promote(change)).toMatchObject({ ok: false, error: { code, detail } });
  });
});

describe('a rollback', () => {
  it('goes to the version that completed before the current one, and holds it there', async () => {
    await scene.promoted('1.0.0');
    await scene.promoted('1.1.0');
    const { id, ...made } = must(await scene.rollBack({ reason: 'Deployment broke login' }));
    expect(made).toMatchObject({
      ...{ kind: 'rollback', environment: 'prod', fromVersion: '1.1.0', toVersion: '1.0.0' },
      notes: 'Deployment broke login',
    });
    await scene.finishInProd();
    expect(await scene.world.stored(id)).toMatchObject({ status: 'completed' });
    expect((await scene.prod.lastPlan()).planClass).toBe('requested_rollback');
    const view = await scene.world.engine.view('aria-prod');
    expect(view.hold).toMatchObject({ until: 'lifted', fixes: { version: '1.0.0' } });
  });

  it('never lands one version too far: what failed and went back by itself was not the current one', async () => {
    const { engine } = scene.world;
    // v0 came before there were deployments, v1 completed, and v2 fails and goes back to v1 by itself.
    await engine.entity({ version: '1.0.0' });
    await engine.settle();
    await scene.world.succeed('1.0.0', 1);
    await scene.inDev('1.1.0');
    await engine.register('aria', '1.2.0');
    expect(await scene.failsInDev('1.2.0', '1.1.0')).toMatchObject({ status: 'rolled_back' });
    expect(await scene.rollBack()).toEqual({
      ok: false,
      error: {
        code: 'rollback/no_previous',
        detail: 'No previous deployment found for aria',
        data: { service: 'aria', environment: 'dev', running: ['1.1.0'] },
      },
    });
  });

  it('does not go forth again to what it left', async () => {
    await scene.promoted('1.0.0');
    await scene.promoted('1.1.0');
    must(await scene.rollBack());
    await scene.finishInProd();
    expect(await scene.rollBack()).toMatchObject({
      error: { code: 'rollback/no_previous', data: { running: ['1.0.0'] } },
    });
  });

  it('goes where and to which version it is told, and never forth', async () => {
    await scene.promoted('1.0.0');
    await scene.promoted('1.1.0');
    const named = await scene.rollBack({ environment: 'dev', targetVersion: '1.0.0' });
    expect(named).toMatchObject({ ok: true, value: { environment: 'dev', toVersion: '1.0.0' } });
    await scene.world.engine.register('aria', '1.2.0');
    expect(await scene.rollBack({ targetVersion: '1.2.0' })).toMatchObject({
      error: { code: 'rollback/not_back', field: 'target_version' },
    });
    expect(await scene.rollBack({ targetVersion: 'v1.0.0' })).toMatchObject({
      error: {
        ...{ code: 'catalog/release_not_found', field: 'target_version' },
        detail:
          'target_version is "v1.0.0", which is no SemVer version such as 1.4.2: write 1.0.0: a version has no leading "v"',
      },
    });
    expect(await scene.rollBack({ targetVersion: '0.1.0' })).toMatchObject({
      error: { code: 'catalog/release_not_found' },
    });
  });

  it.each([
    { name: 'of nothing', change: { service: 'none' }, code: 'catalog/product_not_found' },
    { name: 'of what runs nowhere', change: {}, code: 'rollback/no_previous' },
    { name: 'nowhere', change: { environment: 'moon' }, code: 'catalog/environment_not_found' },
  ])('$name is refused', async ({ change, code }) => {
    expect(await scene.rollBack(change)).toMatchObject({ ok: false, error: { code } });
  });
});
