import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Deployment, Waivable } from '@apollo-deploy/domain';
import { endBreakGlass } from '../break-glass/end-break-glass.js';
import { openBreakGlass } from '../break-glass/open-break-glass.js';
import { setRoles } from '../people/set-roles.js';
import type { Principal } from '../ports/principal.js';
import { must, PERSON, personCalled, SRE } from '../testing/engine-world.js';
import { ProductionWorld } from '../testing/production-world.js';

const ANN = personCalled('ann');
const SRE_1 = personCalled('sre-1');
const ROBOT: Principal = { kind: 'machine', name: 'robot', roles: [] };
/** What leaves an approval and a backup to wait for. */
const WAIVES = ['window', 'soak', 'promoted', 'health'] as const;

let scene: ProductionWorld;
/** 1.0.0 runs in `dev` and `prod`; 1.0.1 and 1.0.2 are registered, and were nowhere yet. */
beforeEach(async () => {
  scene = await ProductionWorld.build();
  const { engine } = scene.world;
  await engine.person('ann', 'sre');
  await scene.promoted('1.0.0');
  for (const version of ['1.0.1', '1.0.2']) await engine.register('aria', version);
});

/** An sre agrees to what waits, and it goes out. */
async function goesOut(): Promise<void> {
  await scene.world.follow();
  await scene.world.engine.approveAll('sre-1');
  await scene.world.follow();
  expect((await scene.prod.lastPlan()).state).toBe('EXECUTING');
}

/** Ann's hotfix, which waits for somebody to agree and goes past all else. */
async function annsHotfix(): Promise<Deployment> {
  const made = must(await scene.hotfix({ version: '1.0.1', waives: WAIVES }, ANN));
  expect(made.waives).toEqual(WAIVES);
  await scene.world.follow();
  return scene.world.stored(made.deployment.id);
}

/** Ann's hotfix behind a promotion that executes, which is to go past windows. */
async function inLine(): Promise<Deployment> {
  await scene.inDev('1.1.0');
  await scene.prod.heard();
  must(await scene.promote());
  await goesOut();
  const { deployment } = must(await scene.hotfix({ version: '1.0.1', waives: ['window'] }, ANN));
  expect(deployment).toMatchObject({ queued: true, breakGlassGrant: { waives: ['window'] } });
  return deployment;
}

const newer = (by: Principal, waives: readonly Waivable[]) =>
  scene.hotfix({ version: '1.0.2', waives }, by);

/** So many break-glasses there that nobody has reviewed. */
async function owes(by: Principal, count: number): Promise<void> {
  const until = '2026-01-05T12:00:00.000Z';
  const asked = { product: 'aria', environment: 'prod', waives: ['soak'], until } as const;
  const reason = 'Orders are lost at the till';
  for (let each = 1; each <= count; each += 1) {
    must(await openBreakGlass(scene.world.engine.context, by, { ...asked, reason }));
  }
}

/** Everything that is kept of deployments, and all that was recorded. */
async function kept(): Promise<readonly unknown[]> {
  return scene.world.engine.context.store.transact(async (unit) => [
    ...(await unit.deployments.list({}, { limit: 200 })).items,
    ...(await unit.audit.list({}, { limit: 200 })).items,
    ...(await unit.breakGlasses.list({}, { limit: 200 })).items,
  ]);
}

describe('a hotfix that goes past nothing', () => {
  it.each<{
    name: string;
    by: Principal;
    waives: readonly Waivable[];
    owed?: number;
    why: string;
  }>([
    {
      name: 'as a machine asks for it',
      by: ROBOT,
      waives: [],
      why: 'robot may not break glass in prod',
    },
    {
      name: 'as the hub keeps no role of who asks',
      by: personCalled('eve'),
      waives: ['window'],
      why: 'by those eve may not waive that in prod',
    },
    {
      name: 'as whoever asks owes five reviews',
      by: SRE_1,
      waives: WAIVES,
      owed: 5,
      why: 'sre-1 has 5 break-glasses of aria in prod that nobody has reviewed',
    },
  ])('$name, takes no place of one that does', async ({ by, waives, owed = 0, why }) => {
    const { id } = await annsHotfix();
    await owes(by, owed);
    const before = await kept();
    const refused = await newer(by, waives);
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'hotfix/goes_past_nothing', data: { deployment: id, waives: [...WAIVES] } },
    });
    const detail = refused.ok ? '' : refused.error.detail;
    expect(detail).toContain(
      `hotfix ${id} of ann waits there and goes past window, soak, promoted, health`,
    );
    expect(detail).toContain(why);
    expect(await kept()).toEqual(before);
  });

  it('takes none of one either that is to go past something once it leaves the line', async () => {
    const { id } = await inLine();
    const before = await kept();
    expect(await newer(ROBOT, [])).toMatchObject({
      ok: false,
      error: { code: 'hotfix/goes_past_nothing', data: { deployment: id, waives: ['window'] } },
    });
    expect(await kept()).toEqual(before);
  });

  it('takes none for what runs already', async () => {
    const { id } = await annsHotfix();
    expect(await scene.hotfix({ version: '1.0.0', waives: [] }, ROBOT)).toMatchObject({
      error: { code: 'hotfix/goes_past_nothing', data: { deployment: id } },
    });
  });

  it.each<{ name: string; before: (hotfix: Deployment) => Promise<unknown> }>([
    {
      name: 'was ended by somebody',
      before: async ({ breakGlass = '' }) =>
        must(await endBreakGlass(scene.world.engine.context, SRE_1, breakGlass)),
    },
    {
      name: 'is over',
      before: async () => {
        await scene.world.engine.goTo('2026-01-05T13:00:30.000Z');
        await scene.prod.heard();
      },
    },
    {
      name: 'counts no more, as whoever opened it was disabled',
      before: async () => {
        const change = { name: 'ann', ...SRE, disabled: true };
        must(await setRoles(scene.world.engine.context, PERSON, change));
      },
    },
  ])('takes the place of one whose break-glass $name', async ({ before }) => {
    const hotfix = await annsHotfix();
    await before(hotfix);
    const { deployment } = must(await newer(ROBOT, []));
    expect(await scene.world.stored(hotfix.id)).toMatchObject({ supersededBy: deployment.id });
  });

  it('takes the place of one in line whose break-glass would be refused by now', async () => {
    const { id } = await inLine();
    const change = { name: 'ann', ...SRE, roles: ['operator'] as const };
    must(await setRoles(scene.world.engine.context, PERSON, change));
    const { deployment } = must(await newer(ROBOT, []));
    expect(await scene.world.stored(id)).toMatchObject({ supersededBy: deployment.id });
  });

  it('takes the place of another that goes past nothing, and of a promotion', async () => {
    await scene.inDev('1.1.0');
    await scene.prod.heard();
    const promotion = must(await scene.promote());
    const first = must(await scene.hotfix({ version: '1.0.1', waives: [] }, ROBOT)).deployment;
    expect(await scene.world.stored(promotion.id)).toMatchObject({ supersededBy: first.id });
    const second = must(await newer(ROBOT, [])).deployment;
    expect(await scene.world.stored(first.id)).toMatchObject({ supersededBy: second.id });
  });
});

describe('a hotfix that goes past something', () => {
  it('takes the place of one that goes past more', async () => {
    const { id } = await annsHotfix();
    const { deployment, waives } = must(await newer(SRE_1, ['window']));
    expect(waives).toEqual(['window']);
    expect(await scene.world.stored(id)).toMatchObject({ supersededBy: deployment.id });
  });

  it('takes the place of that of the same person, who owes four reviews besides', async () => {
    await owes(ANN, 4);
    const { id } = await annsHotfix();
    const { deployment, waives } = must(await newer(ANN, WAIVES));
    expect(waives).toEqual(WAIVES);
    expect(await scene.world.stored(id)).toMatchObject({ supersededBy: deployment.id });
  });

  it('has none that goes past nothing take its place while it executes: that waits in line', async () => {
    const { id } = await annsHotfix();
    await goesOut();
    expect(must(await newer(ROBOT, [])).deployment).toMatchObject({ queued: true });
    expect(await scene.world.stored(id)).not.toHaveProperty('supersededBy');
  });
});
