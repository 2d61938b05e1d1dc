import { beforeEach, describe, expect, it } from '@jest/globals';
import type { BreakGlass } from '@apollo-deploy/domain';
import { putEntity } from '../catalog/put-entity.js';
import { failed, must, PERSON, SUCCEEDED } from '../testing/engine-world.js';
import { ProductionWorld } from '../testing/production-world.js';
import { readServiceStatus } from './read-service-status.js';

const REASON = 'Critical auth bug affecting all users';

let scene: ProductionWorld;
/** 1.0.0 runs in `dev` and `prod`; 1.0.1 is registered, and was nowhere yet. */
beforeEach(async () => {
  scene = await ProductionWorld.build();
  await scene.promoted('1.0.0');
  await scene.world.engine.register('aria', '1.0.1');
});

const glassOf = (id: string | undefined): Promise<BreakGlass | undefined> =>
  scene.world.engine.context.store.transact((unit) => unit.breakGlasses.get(id ?? ''));

async function inHaste(version = '1.0.1') {
  const { deployment } = must(await scene.hotfix({ version }));
  await scene.finishInProd();
  return scene.world.stored(deployment.id);
}

describe('a hotfix', () => {
  it('goes past its pipeline and a freeze, with a backup, and owes a review', async () => {
    await scene.world.engine.constraint({
      ...{ name: 'freeze', kind: 'suppression_window', scope: { environments: ['prod'] } },
      spec: { start: '2026-01-05T00:00:00Z', end: '2026-01-09T00:00:00Z', reason: 'Fair' },
    });
    const { deployment, waives } = must(await scene.hotfix({ version: '1.0.1' }));
    expect(waives).toEqual(['window', 'soak', 'promoted', 'health']);
    expect(deployment).toMatchObject({
      ...{ kind: 'hotfix', strategy: 'immediate', environment: 'prod', backup: 'required' },
      ...{ fromVersion: '1.0.0', toVersion: '1.0.1', reason: REASON },
      notes: `HOTFIX: ${REASON}`,
    });
    expect(await glassOf(deployment.breakGlass)).toMatchObject({
      ...{ product: 'aria', environment: 'prod', reason: REASON, openedBy: 'dev-operator' },
      until: '2026-01-05T13:00:30.000Z',
    });
    // The word of others it cannot do without: who asked for it could not give it.
    await scene.world.follow();
    const { waitsFor } = await scene.world.shown(deployment.id);
    expect(waitsFor.map(({ code }) => code)).toEqual(['backup', 'approval']);

    await scene.finishInProd();
    expect(await scene.world.stored(deployment.id)).toMatchObject({
      ...{ status: 'completed', backup: 'kept' },
    });
    const glass = await glassOf(deployment.breakGlass);
    expect(glass).toMatchObject({ uses: 1, ended: { by: 'engine' } });
    expect(glass).not.toHaveProperty('review');
  });

  it('waits for what holds any other where who asks may not break glass', async () => {
    const { deployment, waives } = must(await scene.hotfix({ version: '1.0.1', waives: [] }));
    expect(waives).toEqual([]);
    expect(deployment).not.toHaveProperty('breakGlass');
    await scene.world.follow();
    const { waitsFor } = await scene.world.shown(deployment.id);
    expect(waitsFor.map(({ code }) => code)).toEqual(['promoted', 'backup', 'approval']);
  });

  it('goes past nothing that who asks could not waive, and says so', async () => {
    const asked = await scene.hotfix({ version: '1.0.1', waives: ['approval', 'promoted'] });
    expect(asked).toMatchObject({
      ok: true,
      value: { waives: [], notWaived: expect.stringContaining('dev-operator') },
    });
  });

  it('is not held by the review that the one before still owes', async () => {
    await inHaste();
    await scene.world.engine.register('aria', '1.0.2');
    await scene.world.engine.goTo('2026-01-07T09:00:00.000Z');
    await scene.prod.heard();
    const { deployment } = must(await scene.hotfix({ version: '1.0.2' }));
    await scene.world.follow();
    const { waitsFor } = await scene.world.shown(deployment.id);
    expect(waitsFor.map(({ code }) => code)).toEqual(['backup', 'approval']);
    expect(await scene.prod.lastPlan()).toMatchObject({
      ...{ type: 'upgrade', planClass: 'hotfix', to: { version: '1.0.2' } },
    });
    await scene.finishInProd();
    expect(await scene.world.stored(deployment.id)).toMatchObject({ status: 'completed' });
  });

  it.each([
    { name: 'other values', edit: { values: { replicas: 3 } } },
    { name: 'another version', edit: { desired: { version: '1.0.2' } } },
  ])('is no cover for $name that somebody sets meanwhile', async ({ edit }) => {
    await scene.world.engine.register('aria', '1.0.2');
    must(await scene.hotfix({ version: '1.0.1' }));
    await scene.world.follow();
    expect((await scene.prod.lastPlan()).planClass).toBe('hotfix');
    const { engine } = scene.world;
    const { context } = engine;
    const entity = await context.store.transact((unit) => unit.entities.get('aria-prod'));
    if (entity === undefined) throw new Error('aria-prod is not there');
    engine.clock.advance(1000);
    must(await putEntity(context, PERSON, { ...entity, ...edit }));
    await engine.settle();
    expect(await scene.prod.lastPlan()).toMatchObject({ planClass: 'ordinary', state: 'BLOCKED' });
  });

  it('ends its break-glass when it gives way to another request', async () => {
    const { deployment } = must(await scene.hotfix({ version: '1.0.1' }));
    must(await scene.hotfix({ version: '1.0.1' }));
    expect(await glassOf(deployment.breakGlass)).toMatchObject({ ended: { by: 'engine' } });
  });

  it('without a version brings the newest that completed below production', async () => {
    await scene.inDev('1.1.0');
    await scene.inDev('1.0.1');
    await scene.prod.heard();
    expect(must(await scene.hotfix()).deployment.toVersion).toBe('1.1.0');
  });

  it('without a version does not bring what is recalled', async () => {
    await scene.inDev('1.0.1');
    await scene.inDev('1.1.0');
    await scene.prod.heard();
    await scene.world.engine.recall('1.1.0');
    expect(must(await scene.hotfix()).deployment.toVersion).toBe('1.0.1');
  });

  it('without a version goes not below one that is on its way', async () => {
    await scene.inDev('1.0.1');
    await scene.prod.heard();
    must(await scene.hotfix({ version: '1.1.0' }));
    expect(await scene.hotfix()).toMatchObject({ error: { code: 'catalog/release_not_found' } });
  });

  it('without a version does not bring what was taken back in dev since', async () => {
    await scene.inDev('1.0.1');
    await scene.inDev('1.1.0');
    must(await scene.rollBack({ environment: 'dev' }));
    await scene.world.follow();
    await scene.world.succeed('1.0.1', 9);
    await scene.world.lookOn();
    await scene.prod.heard();
    expect(must(await scene.hotfix()).deployment.toVersion).toBe('1.0.1');
  });

  it('without a version does not bring back what production was rolled back from; by name it does', async () => {
    await scene.promoted('1.1.0');
    must(await scene.rollBack({ environment: 'prod' }));
    await scene.finishInProd();
    await scene.prod.heard();
    expect(await scene.hotfix()).toMatchObject({
      ok: false,
      error: {
        ...{ code: 'catalog/release_not_found', field: 'version' },
        detail:
          'no version of aria that is newer than what runs in prod has completed below production and was not taken back since: 1.1.0 completed below, but was taken back in prod, and is brought again only if it is named; name the version that has the fix, or deploy it to dev first (POST /deploy)',
      },
    });
    expect(must(await scene.hotfix({ version: '1.1.0' })).deployment.toVersion).toBe('1.1.0');
  });

  it('without a version passes over what went back by itself in production', async () => {
    await scene.inDev('1.0.1');
    await scene.inDev('1.1.0');
    await scene.prod.heard();
    const { id } = must(await scene.promote());
    await scene.world.follow();
    await scene.world.engine.approveAll('sre-1');
    await scene.world.follow();
    await scene.prod.result(failed('unhealthy'));
    await scene.prod.report({ version: '1.1.0', revision: 8, health: 'Degraded' });
    await scene.world.follow();
    await scene.prod.succeed((await scene.prod.lastPlan()).id, { version: '1.0.0', revision: 9 });
    await scene.lookOn();
    expect(await scene.world.stored(id)).toMatchObject({ status: 'rolled_back' });
    expect(must(await scene.hotfix()).deployment.toVersion).toBe('1.0.1');
  });

  it('without a version goes not below a hotfix that runs; by name it may', async () => {
    await scene.world.engine.register('aria', '1.0.2');
    await scene.inDev('1.0.1');
    await scene.prod.heard();
    await inHaste('1.0.2');
    expect(await scene.hotfix()).toMatchObject({
      ok: false,
      error: {
        code: 'catalog/release_not_found',
        detail: expect.stringContaining('newer than what runs in prod'),
      },
    });
    expect(must(await scene.hotfix({ version: '1.0.1' })).deployment.toVersion).toBe('1.0.1');
  });

  it.each([
    {
      name: 'for nine characters',
      change: { reason: '  too bad!!  ' },
      code: 'hotfix/reason',
      detail: 'Hotfix requires a detailed reason (min 10 characters)',
    },
    {
      name: 'below production',
      change: { environment: 'dev' },
      code: 'hotfix/not_production',
      detail: expect.stringContaining('dev is no environment of tier production'),
    },
    {
      name: 'nowhere',
      change: { environment: 'moon' },
      code: 'catalog/environment_not_found',
      detail: expect.stringContaining('moon'),
    },
    {
      name: 'of nothing',
      change: { service: 'none' },
      code: 'catalog/product_not_found',
      detail: expect.stringContaining('none'),
    },
    {
      name: 'to what there is not',
      change: { version: '9.9.9' },
      code: 'catalog/release_not_found',
      detail: expect.stringContaining('9.9.9'),
    },
  ])('$name is refused, and leaves nothing', async ({ change, code, detail }) => {
    expect(await scene.hotfix(change)).toMatchObject({ ok: false, error: { code, detail } });
    const owed = scene.world.engine.context.store.transact((unit) =>
      unit.breakGlasses.owed(['aria']),
    );
    expect(await owed).toEqual([]);
  });

  it('is not taken back by a promotion of something older', async () => {
    const { id } = await inHaste();
    await scene.world.engine.goTo('2026-01-05T09:10:00.000Z');
    await scene.prod.heard();
    expect(await scene.promote()).toMatchObject({
      ok: false,
      error: { code: 'promotion/below_hotfix', data: { hotfix: id, version: '1.0.0' } },
    });
  });

  it('that waits behind another one is not gone below by a promotion', async () => {
    const { world, prod } = scene;
    await world.engine.register('aria', '1.0.2');
    await scene.inDev('1.0.1');
    await prod.heard();
    must(await scene.hotfix({ version: '1.0.1' }));
    await world.follow();
    await world.engine.approveAll('sre-1');
    await world.follow();
    const { deployment } = must(await scene.hotfix({ version: '1.0.2' }));
    expect(deployment.queued).toBe(true);
    expect(await scene.promote()).toMatchObject({
      ok: false,
      error: { code: 'promotion/below_hotfix', data: { hotfix: deployment.id, version: '1.0.1' } },
    });
  });

  it('that was asked for again by a rollback is not taken back by a promotion either', async () => {
    const { id } = await inHaste();
    must(await scene.rollBack({ targetVersion: '1.0.1' }));
    await scene.world.engine.goTo('2026-01-05T09:10:00.000Z');
    await scene.prod.heard();
    expect(await scene.promote()).toMatchObject({
      ok: false,
      error: { code: 'promotion/below_hotfix', data: { hotfix: id } },
    });
  });

  it('may be rolled back to what completed before it', async () => {
    await inHaste();
    expect(must(await scene.rollBack())).toMatchObject({ environment: 'prod', toVersion: '1.0.0' });
  });
});

describe('what a hotfix owes below production', () => {
  const owing = async () =>
    (
      await scene.world.engine.context.store.transact((unit) =>
        unit.deployments.owingBackPort('aria'),
      )
    ).map(({ id }) => id);

  it('is settled when dev runs it', async () => {
    const { id } = await inHaste();
    expect(await owing()).toEqual([id]);
    await scene.inDev('1.0.1');
    expect(await owing()).toEqual([]);
    const { backPortedAt, endedAt } = await scene.world.stored(id);
    expect(backPortedAt).toBeDefined();
    expect(Date.parse(backPortedAt ?? '')).toBeGreaterThan(Date.parse(endedAt ?? ''));
  });

  it('is not settled by what fails in dev and goes back', async () => {
    const { id } = await inHaste();
    await scene.world.deploy({ version: '1.0.1' });
    await scene.world.succeed('1.0.1', 9);
    expect(await owing()).toEqual([id]);
    await scene.world.engine.report({
      aria: { version: '1.0.1', revision: 9, health: 'Degraded' },
    });
    await scene.world.lookOn();
    expect(await owing()).toEqual([id]);
    expect((await scene.world.engine.lastPlan()).type).toBe('rollback');
  });

  it('is settled when dev runs it while another hotfix waits in production', async () => {
    await inHaste();
    const { engine } = scene.world;
    await engine.register('aria', '1.0.2');
    const { deployment } = must(await scene.hotfix({ version: '1.0.2' }));
    await scene.world.deploy({ version: '1.0.1' });
    const plan = (await engine.plans()).findLast(({ spoke }) => spoke === 'dev');
    await engine.result(plan?.id ?? '', SUCCEEDED, { version: '1.0.1', revision: 9 });
    await scene.lookOn();
    expect(await owing()).toEqual([]);
    expect(await scene.world.stored(deployment.id)).toMatchObject({ status: 'pending' });
  });

  it('is settled when dev runs something newer', async () => {
    await inHaste();
    await scene.inDev('1.1.0');
    expect(await owing()).toEqual([]);
  });

  it.each([
    { name: 'an edit of the entity', desired: { version: '1.1.0' } },
    { name: 'the channel', desired: { channel: 'dev' } },
  ])('is settled when dev comes to run it by $name, without a deployment', async ({ desired }) => {
    const { id } = await inHaste();
    const { engine } = scene.world;
    await engine.report({ aria: { version: '1.0.0', revision: 1 } });
    await engine.release('1.1.0');
    const { entity } = await engine.view();
    must(await putEntity(engine.context, PERSON, { ...entity, desired }));
    await engine.settle();
    await scene.world.follow();
    expect(await owing()).toEqual([id]);
    const plan = await engine.lastPlan();
    await engine.result(plan.id, SUCCEEDED, { version: '1.1.0', revision: 2 });
    // Whoever followed deployments until now does no more.
    engine.clock.advance(60_000);
    await scene.world.follow('replica-2');
    expect(await owing()).toEqual([]);
    expect((await scene.world.stored(id)).backPortedAt).toBe(engine.clock.now().toISOString());
  });

  it('is told by the status of the service, with where it is missing and since when', async () => {
    const { context } = scene.world.engine;
    const status = (environments?: readonly string[], environment?: string) =>
      readServiceStatus(context, {
        service: 'aria',
        ...(environments !== undefined && { environments }),
        ...(environment !== undefined && { environment }),
      });
    expect((await status()).backPorts).toEqual([]);
    const hotfix = await inHaste();
    const owed = [{ hotfix, missingIn: ['dev'], since: hotfix.endedAt }];
    const { latest, places, backPorts } = await status();
    expect(backPorts).toEqual(owed);
    expect(latest?.id).toBe(hotfix.id);
    expect(places.map(({ environment, toVersion }) => [environment, toVersion])).toEqual([
      ['dev', '1.0.0'],
      ['prod', '1.0.1'],
    ]);
    for (const one of ['dev', 'prod']) {
      expect((await status(undefined, one)).backPorts).toEqual(owed);
    }
    expect((await status(undefined, 'dev')).latest?.environment).toBe('dev');
    // Who may see one of them only is told nothing of the other.
    expect(await status(['dev'])).toMatchObject({
      places: [{ toVersion: '1.0.0' }],
      backPorts: [],
    });
    expect((await status(['prod'])).backPorts).toEqual([]);
    await scene.inDev('1.0.1');
    expect((await status()).backPorts).toEqual([]);
  });

  it('is not owed of what dev runs already', async () => {
    await scene.inDev('1.0.1');
    await scene.prod.heard();
    const { backPortedAt } = await inHaste();
    expect(backPortedAt).toBeDefined();
  });

  it('stands beside what runs and the review that it owes, each to who sees where it is', async () => {
    const { breakGlass } = await inHaste();
    const { context } = scene.world.engine;
    const told = async (where: { environment?: string; environments?: readonly string[] }) => {
      const { runs, reviews } = await readServiceStatus(context, { service: 'aria', ...where });
      return {
        runs: runs.map(({ environment, running }) => [environment, ...running]),
        reviews: reviews.map(({ id }) => id),
      };
    };
    const [dev, prod] = [
      ['dev', '1.0.0'],
      ['prod', '1.0.1'],
    ];
    expect(await told({})).toEqual({ runs: [dev, prod], reviews: [breakGlass] });
    expect(await told({ environment: 'prod' })).toEqual({ runs: [prod], reviews: [breakGlass] });
    for (const where of [{ environment: 'dev' }, { environments: ['dev'] }]) {
      expect(await told(where)).toEqual({ runs: [dev], reviews: [] });
    }
  });
});
