import { beforeEach, describe, expect, it } from '@jest/globals';
import type { BreakGlass, Deployment, Waivable } from '@apollo-deploy/domain';
import type { Json } from '@apollo-deploy/kernel';
import { putEntity } from '../catalog/put-entity.js';
import { setRoles } from '../people/set-roles.js';
import { failed, must, PERSON, personCalled, SRE } from '../testing/engine-world.js';
import { ProductionWorld } from '../testing/production-world.js';

/** When the hotfix is asked for, and until when its break-glass may be open. */
const ASKED = '2026-01-05T09:01:00.000Z';
const UNTIL = '2026-01-05T13:01:00.000Z';
const WAIVES = ['window', 'soak', 'promoted', 'health'] as const;
const ANN = personCalled('ann');

let scene: ProductionWorld;
/** 1.0.0 runs in `prod`, and a promotion of 1.1.0 executes there; 1.0.1 is registered, and was nowhere yet. */
beforeEach(async () => {
  scene = await ProductionWorld.build();
  const { world } = scene;
  await world.engine.person('ann', 'sre');
  await scene.promoted('1.0.0');
  await world.engine.register('aria', '1.0.1');
  await scene.inDev('1.1.0');
  await scene.prod.heard();
  must(await scene.promote());
  await world.follow();
  await world.engine.approveAll('sre-1');
  await world.engine.goTo(ASKED);
  await scene.prod.heard();
});

/** The promotion ahead succeeds and does well, and the line moves up. */
async function aheadEnds(): Promise<void> {
  const { id } = await scene.prod.lastPlan();
  await scene.prod.succeed(id, { version: '1.1.0', revision: 20 });
  await scene.lookOn();
}

/** Asked for by Ann, an sre, whose token may have been for less than she may do. */
async function inLine(waives: readonly Waivable[] = WAIVES): Promise<Deployment> {
  const { deployment } = must(await scene.hotfix({ version: '1.0.1', waives }, ANN));
  expect(deployment).toMatchObject({ queued: true });
  return deployment;
}

const stored = (id: string) => scene.world.stored(id);
const open = (): Promise<readonly BreakGlass[]> =>
  scene.world.engine.context.store.transact((unit) => unit.breakGlasses.owed(['aria']));

async function audited(action: string): Promise<readonly Readonly<Record<string, Json>>[]> {
  const { items } = await scene.world.engine.context.store.transact((unit) =>
    unit.audit.list({}, { limit: 200 }),
  );
  return items
    .filter((entry) => entry.action === action)
    .map(({ actor, detail }) => ({ actor, ...detail }));
}

const heldBy = async (id: string) => (await scene.world.shown(id)).waitsFor.map(({ code }) => code);

describe('a hotfix behind a deployment that executes', () => {
  it('opens no break-glass, and keeps what it may go past and until when', async () => {
    const { deployment, waives, notWaived } = must(await scene.hotfix({ version: '1.0.1' }, ANN));
    expect(deployment).toMatchObject({
      queued: true,
      breakGlassGrant: { waives: WAIVES, until: UNTIL },
    });
    expect([waives, notWaived, deployment.breakGlass]).toEqual([WAIVES, undefined, undefined]);
    expect(await open()).toEqual([]);
    expect(await audited('deployment.break_glass_grant')).toMatchObject([
      { actor: 'ann', waives: WAIVES, until: UNTIL },
    ]);
  });

  it('opens it when it leaves the line, in the name of whoever asked, and goes', async () => {
    const { id } = await inLine();
    await aheadEnds();
    const begun = await stored(id);
    expect(begun).toMatchObject({ queued: false, fromVersion: '1.1.0' });
    expect(begun).not.toHaveProperty('breakGlassGrant');
    expect(await open()).toMatchObject([
      {
        ...{ id: begun.breakGlass, openedBy: 'ann', waives: WAIVES, until: UNTIL },
        reason: 'Critical auth bug affecting all users',
        openedAt: '2026-01-05T09:01:15.000Z',
      },
    ]);
    expect(await audited('break_glass.open')).toMatchObject([{ actor: 'ann', until: UNTIL }]);
    expect(await heldBy(id)).toEqual(['backup', 'approval']);
    await scene.finishInProd();
    expect(await stored(id)).toMatchObject({ status: 'completed', backup: 'kept' });
    expect(await open()).toMatchObject([{ uses: 1, ended: { by: 'engine' } }]);
  });

  it('goes past no more than was asked for, whatever else whoever asked may do', async () => {
    const { id } = await inLine(['promoted']);
    await aheadEnds();
    expect(await open()).toMatchObject([{ waives: ['promoted'] }]);
    expect(await heldBy(id)).toEqual(['backup', 'approval']);
  });

  it('opens none where it runs already when it leaves the line', async () => {
    const { deployment } = must(await scene.hotfix({ version: '1.1.0' }, ANN));
    await aheadEnds();
    const ended = await stored(deployment.id);
    expect(ended).toMatchObject({ status: 'completed', queued: false });
    expect(ended).not.toHaveProperty('breakGlassGrant');
    // One that was opened and let nothing past would not be owed any more.
    expect(await audited('break_glass.open')).toEqual([]);
  });

  it('that gives way to a newer one leaves nothing that could be opened', async () => {
    const { id } = await inLine();
    const newer = await inLine(['window']);
    const gone = await stored(id);
    expect(gone).toMatchObject({ status: 'failed', supersededBy: newer.id });
    expect(gone).not.toHaveProperty('breakGlassGrant');
    await aheadEnds();
    expect(await open()).toMatchObject([{ waives: ['window'] }]);
  });

  it('ends in line, and opens none, once its version is recalled', async () => {
    const { id } = await inLine();
    await scene.world.engine.recall('1.0.1');
    await scene.world.follow();
    const ended = await stored(id);
    expect(ended).toMatchObject({
      ...{ status: 'failed', queued: false, targets: [{ state: 'failed' }] },
      notes: expect.stringContaining('1.0.1 is recalled by dev-operator: It loses orders'),
    });
    expect(ended).not.toHaveProperty('breakGlassGrant');
    await aheadEnds();
    expect(await open()).toEqual([]);
  });

  it('keeps nothing that whoever asks could not waive, and says so at once', async () => {
    const asked = must(await scene.hotfix({ version: '1.0.1', waives: ['approval'] }, PERSON));
    expect(asked).toMatchObject({ waives: [], notWaived: expect.stringContaining('dev-operator') });
    expect(asked.deployment).not.toHaveProperty('breakGlassGrant');
    await aheadEnds();
    expect(await open()).toEqual([]);
  });
});

describe('a hotfix that leaves the line', () => {
  it.each([
    {
      name: 'is an operator by now',
      change: { ...SRE, roles: ['operator'] as const },
    },
    { name: 'was disabled', change: { ...SRE, disabled: true } },
  ])('goes past nothing where whoever asked $name, and says so', async ({ change }) => {
    const { id } = await inLine();
    must(await setRoles(scene.world.engine.context, PERSON, { name: 'ann', ...change }));
    await aheadEnds();
    const refused = expect.stringContaining('by those ann may not waive that in prod');
    expect(await stored(id)).toMatchObject({
      queued: false,
      breakGlassGrant: { waives: WAIVES, until: UNTIL, refused },
    });
    expect(await open()).toEqual([]);
    expect(await audited('deployment.break_glass_refused')).toMatchObject([
      { actor: 'engine', deployedBy: 'ann', refused },
    ]);
    expect(await heldBy(id)).toEqual(['promoted', 'backup', 'approval']);
  });

  it.each([
    {
      name: 'a millisecond before its time is over: opened',
      at: '2026-01-05T13:00:59.999Z',
      glasses: [{ openedAt: '2026-01-05T13:00:59.999Z', until: UNTIL }],
    },
    { name: 'when its time is over: none', at: UNTIL, glasses: [] },
  ])('$name', async ({ at, glasses }) => {
    await inLine();
    // So long it is looked how the one ahead does.
    const succeedsAt = Date.parse(at) - scene.world.tools.settlingMs;
    await scene.world.engine.goTo(new Date(succeedsAt).toISOString());
    await scene.prod.heard();
    await aheadEnds();
    expect(scene.world.engine.clock.now().toISOString()).toBe(at);
    expect(await open()).toMatchObject(glasses);
  });

  it('waives no approval where others have set values meanwhile that never succeeded', async () => {
    const { context } = scene.world.engine;
    const { id } = await inLine(['approval', 'window']);
    const { entity } = await scene.world.engine.view('aria-prod');
    must(await putEntity(context, PERSON, { ...entity, values: { replicas: 9 } }));
    await scene.prod.result(failed('refused'));
    await context.store.transact((unit) => unit.baselines.removeOf('aria-prod'));
    await scene.world.follow();
    expect(await open()).toMatchObject([{ waives: ['window'] }]);
    expect(await stored(id)).toMatchObject({
      queued: false,
      breakGlassGrant: {
        waives: ['approval', 'window'],
        refused: expect.stringContaining('and dev-operator has set its values'),
      },
    });
  });

  it('too late says so, waits for what holds any other, and may be asked for again', async () => {
    const { id } = await inLine();
    await scene.world.engine.goTo(UNTIL);
    await scene.prod.heard();
    await aheadEnds();
    expect(await stored(id)).toMatchObject({
      queued: false,
      breakGlassGrant: {
        refused: expect.stringContaining(`could be waived until ${UNTIL}, and it waited`),
      },
    });
    expect(await heldBy(id)).toEqual(['promoted', 'backup', 'approval']);
    const again = must(await scene.hotfix({ version: '1.0.1' }, ANN)).deployment;
    expect(await stored(id)).toMatchObject({ status: 'failed', supersededBy: again.id });
    expect(await open()).toMatchObject([{ id: again.breakGlass, openedBy: 'ann' }]);
  });
});
