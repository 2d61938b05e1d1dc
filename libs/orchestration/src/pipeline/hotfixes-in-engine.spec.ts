import { beforeEach, describe, expect, it } from '@jest/globals';
import type { BreakGlass } from '@apollo-deploy/domain';
import { must } from '../testing/engine-world.js';
import { ProductionWorld } from '../testing/production-world.js';

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

  it('is settled when dev runs something newer', async () => {
    await inHaste();
    await scene.inDev('1.1.0');
    expect(await owing()).toEqual([]);
  });

  it('is not owed of what dev runs already', async () => {
    await scene.inDev('1.0.1');
    await scene.prod.heard();
    const { backPortedAt } = await inHaste();
    expect(backPortedAt).toBeDefined();
  });
});
