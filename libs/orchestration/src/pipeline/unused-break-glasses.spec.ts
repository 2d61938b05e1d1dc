import { beforeEach, describe, expect, it } from '@jest/globals';
import type { BreakGlass, Waivable } from '@apollo-deploy/domain';
import { endBreakGlass } from '../break-glass/end-break-glass.js';
import { reviewBreakGlass } from '../break-glass/review-break-glass.js';
import { cancelPlan } from '../engine/cancel-plan.js';
import { Sweep } from '../scheduling/sweep.js';
import { must, personCalled } from '../testing/engine-world.js';
import { OtherSpoke } from '../testing/other-spoke.js';
import { ProductionWorld } from '../testing/production-world.js';

const ANN = personCalled('ann');
const BOB = personCalled('bob');
const SRE_1 = personCalled('sre-1');
/** What leaves an approval and a backup to wait for. */
const WAIVES = ['window', 'soak', 'promoted', 'health'] as const;

let scene: ProductionWorld;
/** 1.0.0 runs in `dev` and `prod`; 1.0.1 is registered, and was nowhere yet. */
beforeEach(async () => {
  scene = await ProductionWorld.build();
  await scene.world.engine.person('ann', 'sre');
  await scene.promoted('1.0.0');
  await scene.world.engine.register('aria', '1.0.1');
});

/** Asked for by Ann, and with its break-glass open. */
async function hotfix(waives: readonly Waivable[] = WAIVES): Promise<string> {
  const asked = must(await scene.hotfix({ version: '1.0.1', waives }, ANN));
  expect(asked.waives).toEqual(waives);
  return asked.deployment.breakGlass ?? '';
}

/** The hotfix that waits there gives way to one of what runs, which goes past nothing and is done. */
async function givesWay(): Promise<void> {
  const { deployment } = must(await scene.hotfix({ version: '1.0.0' }, SRE_1));
  await scene.world.follow();
  expect(await scene.world.stored(deployment.id)).toMatchObject({ status: 'completed' });
}

const transact: ProductionWorld['world']['engine']['context']['store']['transact'] = (work) =>
  scene.world.engine.context.store.transact(work);
const glassOf = (id: string) => transact((unit) => unit.breakGlasses.get(id));
const owed = async () =>
  (await transact((unit) => unit.breakGlasses.owed(['aria']))).map(({ id }) => id);

/** Everything that the audit trail says of a break-glass: `break_glass.open ann`. */
async function audited(id: string): Promise<readonly string[]> {
  const { items } = await transact((unit) => unit.audit.list({}, { limit: 200 }));
  return items
    .filter(({ subject }) => subject === `break-glass/${id}`)
    .map(({ action, actor }) => `${action} ${actor}`);
}

/** An sre agrees to what waits, and it goes out. */
async function goesOut(): Promise<void> {
  await scene.world.follow();
  await scene.world.engine.approveAll('sre-1');
  await scene.world.follow();
}

describe('a break-glass by which nothing went', () => {
  it('owes no review from when its hotfix gives way, and that is told', async () => {
    const id = await hotfix();
    await scene.world.follow();
    expect(await owed()).toEqual([id]);
    await givesWay();
    const at = scene.world.engine.clock.now().toISOString();
    const closed = await glassOf(id);
    expect(closed).toMatchObject({ uses: 0, ended: { by: 'engine', at }, unusedAt: at });
    expect(closed).not.toHaveProperty('review');
    expect(await owed()).toEqual([]);
    expect(await audited(id)).toEqual([
      'break_glass.open ann',
      'break_glass.end engine',
      'break_glass.unused engine',
    ]);
    const told = (await scene.world.engine.events()).filter(({ subject }) => subject.name === id);
    expect(told.map(({ type }) => type)).toEqual([
      'break_glass.opened',
      'break_glass.ended',
      'break_glass.unused',
    ]);
  });

  it('does not count: whoever asks for the sixth hotfix breaks glass as for the first', async () => {
    const ids: string[] = [];
    for (let each = 1; each <= 6; each += 1) ids.push(await hotfix());
    expect(await owed()).toEqual(ids.slice(-1));
    await scene.world.follow();
    expect((await scene.prod.lastPlan()).violations.map(({ code }) => code)).toEqual([
      'backup',
      'approval',
    ]);
  });

  it('owes none either where its hotfix went and completed, as nothing had held it', async () => {
    await scene.inDev('1.0.1');
    await scene.prod.heard();
    const id = await hotfix(['window']);
    await scene.finishInProd();
    const { items } = await transact((unit) => unit.deployments.list({}, { limit: 1 }));
    expect(items).toMatchObject([{ kind: 'hotfix', breakGlass: id, status: 'completed' }]);
    expect(await glassOf(id)).toMatchObject({ uses: 0, unusedAt: expect.any(String) });
    expect(await owed()).toEqual([]);
  });

  it('that somebody ended before its hotfix is closed with that, not before', async () => {
    const id = await hotfix();
    must(await endBreakGlass(scene.world.engine.context, BOB, id));
    await scene.world.follow();
    expect(await owed()).toEqual([id]);
    await givesWay();
    expect(await glassOf(id)).toMatchObject({
      ended: { by: 'bob' },
      unusedAt: expect.any(String),
    });
    expect(await audited(id)).toEqual([
      'break_glass.open ann',
      'break_glass.end bob',
      'break_glass.unused engine',
    ]);
  });

  it('that somebody reviewed stays reviewed', async () => {
    const id = await hotfix();
    const verdict = { verdict: 'accepted' } as const;
    must(await reviewBreakGlass(scene.world.engine.context, BOB, id, verdict));
    await givesWay();
    const glass = await glassOf(id);
    expect(glass).toMatchObject({ review: { by: 'bob' } });
    expect(glass).not.toHaveProperty('unusedAt');
  });

  it('leaves nobody a review to give', async () => {
    const id = await hotfix();
    await givesWay();
    const verdict = { verdict: 'accepted' } as const;
    expect(await reviewBreakGlass(scene.world.engine.context, BOB, id, verdict)).toMatchObject({
      ok: false,
      error: { code: 'break_glass/unused' },
    });
    expect(await audited(id)).toHaveLength(3);
  });
});

describe('an overdue break-glass by which nothing went', () => {
  const OVERDUE = '2026-01-06T09:02:00.000Z';

  /** Its hotfix waits for a day, and what is promoted next waits behind the review. */
  async function overdue(): Promise<string> {
    const id = await hotfix();
    await scene.world.engine.goTo(OVERDUE);
    await scene.prod.heard();
    await new Sweep(scene.world.engine.context, 450_000).run();
    expect(await glassOf(id)).toMatchObject({ overdueToldAt: OVERDUE });
    return id;
  }

  it('holds nothing any more from when its hotfix gives way to what is promoted', async () => {
    await scene.inDev('1.1.0');
    await scene.prod.heard();
    await overdue();
    must(await scene.promote());
    await scene.world.follow();
    const { to, violations } = await scene.prod.lastPlan();
    expect([to?.version, ...violations.map(({ code }) => code)]).toEqual([
      ...['1.1.0', 'backup', 'approval'],
    ]);
  });

  it('has what it held in another environment looked at again at once', async () => {
    const { engine } = scene.world;
    const eu = await OtherSpoke.join(engine, 'eu', 'production');
    await eu.report();
    await eu.want({ version: '1.0.0' });
    await overdue();
    await eu.heard();
    await engine.engine.markDue();
    await engine.settle();
    expect((await eu.lastPlan()).violations.map(({ code }) => code)).toContain('break_glass_debt');
    const { id } = await scene.prod.lastPlan();
    must(await cancelPlan(engine.context, BOB, id, 'it is no bug after all'));
    await scene.world.follow();
    await engine.settle();
    expect((await eu.lastPlan()).violations.map(({ code }) => code)).not.toContain(
      'break_glass_debt',
    );
  });
});

describe('a break-glass by which a plan went', () => {
  const used = async (): Promise<BreakGlass | undefined> => {
    const [id = ''] = await owed();
    return glassOf(id);
  };

  it('owes its review once the hotfix has completed', async () => {
    await hotfix();
    await scene.finishInProd();
    expect(await used()).toMatchObject({ uses: 1, ended: { by: 'engine' } });
    expect(await used()).not.toHaveProperty('unusedAt');
  });

  it('owes it also where no spoke began the plan, and its hotfix gave way after that', async () => {
    const id = await hotfix();
    await goesOut();
    const { id: plan } = await scene.prod.lastPlan();
    expect(await glassOf(id)).toMatchObject({ uses: 1, plans: [plan] });
    must(await endBreakGlass(scene.world.engine.context, BOB, id));
    const message = 'it was taken back';
    await scene.prod.result({ verdict: 'declined', reason: 'cancelled', message, evidence: {} });
    await scene.world.follow();
    await givesWay();
    expect(await owed()).toEqual([id]);
    expect(await glassOf(id)).toMatchObject({ uses: 1, ended: { by: 'bob' } });
  });
});
