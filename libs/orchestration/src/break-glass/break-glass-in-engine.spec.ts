import { beforeEach, describe, expect, it } from '@jest/globals';
import { type BreakGlass, WAIVABLE, type Waivable } from '@apollo-deploy/domain';
import { createEnvironment } from '../catalog/create-environment.js';
import type { NewConstraint } from '../constraints/add-constraint.js';
import { explainPlan } from '../engine/explain-plan.js';
import { ConstraintCache } from '../engine/constraint-cache.js';
import { setRoles } from '../people/set-roles.js';
import { Sweep } from '../scheduling/sweep.js';
import {
  EngineWorld,
  failed,
  must,
  PERSON,
  personCalled,
  SRE,
  SUCCEEDED,
} from '../testing/engine-world.js';
import { OtherSpoke } from '../testing/other-spoke.js';
import { endBreakGlass } from './end-break-glass.js';
import { type NewBreakGlass, openBreakGlass } from './open-break-glass.js';
import { reviewBreakGlass } from './review-break-glass.js';

// The clock stands on Monday, 5 January 2026, at 09:00.
const UNTIL = '2026-01-05T11:00:00.000Z';
const DUE = '2026-01-06T09:00:00.000Z';
const FREEZE: NewConstraint = {
  name: 'freeze',
  kind: 'suppression_window',
  scope: { environments: ['prod'] },
  spec: { start: '2026-01-05T00:00:00.000Z', end: '2026-01-09T00:00:00.000Z', reason: 'Fair' },
};

let world: EngineWorld;
let prod: OtherSpoke;
/** `aria` 1.0.0 runs in development and in production, where the upgrade to 1.1.0 is wanted. */
beforeEach(async () => {
  world = await EngineWorld.build();
  await world.connect();
  prod = await OtherSpoke.join(world, 'prod', 'production');
  await world.person('sre-1', 'sre');
  await world.person('ann', 'sre');
  await world.report({});
  await world.entity({ version: '1.0.0' });
  await world.settle();
  await world.result((await world.lastPlan()).id, SUCCEEDED, { version: '1.0.0', revision: 1 });
  await prod.report({ version: '1.0.0', revision: 1 });
  await prod.want({ version: '1.1.0' });
  await world.settle();
});

async function open(
  waives: readonly Waivable[],
  change: Partial<NewBreakGlass> = {},
): Promise<BreakGlass> {
  const glass = must(
    await openBreakGlass(world.context, personCalled('ann'), {
      ...{ product: 'aria', environment: 'prod', waives, until: UNTIL },
      reason: 'Orders are lost at the till',
      ...change,
    }),
  );
  await world.settle();
  return glass;
}

const review = async (id: string, by = 'bob', verdict = 'accepted' as const) => {
  const said = await reviewBreakGlass(world.context, personCalled(by), id, { verdict });
  await world.settle();
  return said;
};

const stored = (id: string) => world.context.store.transact((unit) => unit.breakGlasses.get(id));

/** 1.1.0 succeeds in development and is Healthy there. */
async function promoted(): Promise<void> {
  await world.entity({ version: '1.1.0' });
  await world.settle();
  const plan = (await world.plans()).findLast(({ spoke }) => spoke === 'dev');
  await world.result(plan?.id ?? '', SUCCEEDED, { version: '1.1.0', revision: 2 });
  await world.settle();
}

/** `BLOCKED approval`, or the state alone where nothing holds it. */
async function stands(): Promise<string> {
  const { state, violations } = await prod.lastPlan();
  return [state, ...violations.map(({ code }) => code)].join(' ');
}

async function goTo(instant: string): Promise<void> {
  await world.goTo(instant);
  await prod.heard();
  await world.engine.markDue();
  await world.settle();
}

async function told(): Promise<readonly string[]> {
  return (await world.events())
    .filter(({ type }) => type.startsWith('break_glass.'))
    .map(({ type, data: { by } }) => `${type} ${typeof by === 'string' ? by : ''}`);
}

describe('a plan that is held', () => {
  it('goes by a break-glass that waives all that holds it, and says so', async () => {
    expect(await stands()).toBe('BLOCKED promoted approval');
    const { id } = await open(['approval', 'promoted']);
    const plan = await prod.lastPlan();
    expect(plan.state).toBe('EXECUTING');
    const by = { id, by: 'ann', until: UNTIL };
    expect(plan.noted).toEqual([
      expect.objectContaining({
        code: 'promoted',
        effect: 'waived',
        message: expect.stringContaining(`waived until ${UNTIL} by break-glass ${id}`),
        data: expect.objectContaining({ breakGlass: by }),
      }),
      expect.objectContaining({
        code: 'approval',
        effect: 'waived',
        data: expect.objectContaining({ breakGlass: by }),
      }),
    ]);
    expect(await stored(id)).toMatchObject({ uses: 1, plans: [plan.id] });
    const { items } = await world.context.store.transact((unit) =>
      unit.audit.list({}, { limit: 200 }),
    );
    expect(items.findLast(({ action }) => action === 'plan.dispatch')?.detail).toMatchObject({
      breakGlass: [id],
    });
    expect(await told()).toEqual(['break_glass.opened ann', 'break_glass.used engine']);
  });

  it('waits on for what is not waived', async () => {
    await open(['promoted']);
    expect(await stands()).toBe('BLOCKED approval');
  });

  it.each<{ name: string; waives: readonly Waivable[]; before: () => Promise<unknown> }>([
    { name: 'a freeze', waives: ['window'], before: () => world.constraint(FREEZE) },
    {
      name: 'a window that is shut',
      waives: ['window'],
      before: () =>
        world.constraint({
          ...{ name: 'saturdays', kind: 'maintenance_window', scope: { tiers: ['production'] } },
          spec: { layer: 'environment', cron: '0 2 * * SAT', durationHours: 4, timezone: 'UTC' },
        }),
    },
    {
      name: 'a soak that is not over',
      waives: ['soak'],
      before: () => world.constraint({ name: 'an hour', kind: 'soak', spec: { minutes: 60 } }),
    },
    {
      name: 'a dependency that is missing',
      waives: ['dependency'],
      before: async () => {
        await world.product('base', { '1.0.0': [] });
        await world.register('aria', '1.2.0', [
          { product: 'base', range: '>=1.0.0', optional: false },
        ]);
        await prod.want({ version: '1.2.0' });
      },
    },
  ])('goes past $name', async ({ waives, before }) => {
    await before();
    await world.settle();
    const { violations } = await prod.lastPlan();
    const held = violations.filter(({ code }) => code !== 'promoted' && code !== 'approval');
    expect(held).toHaveLength(1);
    await open(['approval', 'promoted']);
    expect(await stands()).toBe(`BLOCKED ${held[0]?.code ?? ''}`);
    await open(waives);
    expect(await stands()).toBe('EXECUTING');
  });

  it('goes past nothing that is hard', async () => {
    await world.constraint({ ...FREEZE, spec: { ...FREEZE.spec, hard: true } });
    await open(WAIVABLE);
    expect(await stands()).toBe('BLOCKED suppression_window');
  });

  it('is chosen by what is waived: the newest goes, and not what is proven', async () => {
    await promoted();
    await world.register('aria', '1.2.0');
    await prod.want({ range: '1.x' });
    await world.settle();
    expect((await prod.lastPlan()).to?.version).toBe('1.1.0');
    await open(['promoted']);
    expect((await prod.lastPlan()).to?.version).toBe('1.2.0');
    await goTo(UNTIL);
    expect((await prod.lastPlan()).to?.version).toBe('1.1.0');
  });

  it.each([
    { name: 'of another product', change: { product: 'web' } },
    { name: 'of another environment', change: { environment: 'dev' } },
  ])('does not go by one $name', async ({ change }) => {
    await world.product('web', { '1.0.0': [] });
    await open(WAIVABLE, change);
    expect(await stands()).toBe('BLOCKED promoted approval');
  });

  it('is explained with what is waived, and why it still waits', async () => {
    await world.constraint({ ...FREEZE, spec: { ...FREEZE.spec, hard: true } });
    const { id } = await open(['promoted', 'approval']);
    const plan = await prod.lastPlan();
    const explained = must(
      await explainPlan(world.context, new ConstraintCache(() => undefined), plan.id),
    );
    expect(explained.unmet.map(({ code }) => code)).toEqual(['suppression_window']);
    expect(explained.noted.map(({ code, data }) => [code, data['breakGlass']])).toEqual([
      ['promoted', { id, by: 'ann', until: UNTIL }],
      ['approval', { id, by: 'ann', until: UNTIL }],
    ]);
    // When the freeze ends nothing is waived any more.
    expect(explained.earliestAt).toBeUndefined();
  });
});

describe('the end of a break-glass', () => {
  /** Where people start plans, one is ready by a break-glass. */
  async function readyByGlass(): Promise<BreakGlass> {
    await world.context.store.transact(async ({ environments }) => {
      const [stays] = await environments.getMany(['prod']);
      await environments.save({ ...stays!, execution: 'manual' });
    });
    const glass = await open(['promoted', 'approval']);
    expect(await stands()).toBe('PENDING');
    expect((await prod.lastPlan()).recheckAt).toBe(UNTIL);
    return glass;
  }

  it('comes between evaluation and dispatch: the plan does not go', async () => {
    const { id } = await readyByGlass();
    world.clock.advance(Date.parse(UNTIL) - world.clock.now().getTime());
    await prod.heard();
    const plan = await prod.lastPlan();
    expect(await world.engine.executePlan(personCalled('ann'), plan.id)).toMatchObject({
      ok: false,
      error: { code: 'plan/not_ready' },
    });
    expect(await stands()).toBe('BLOCKED promoted approval');
    expect(await stored(id)).toMatchObject({ uses: 0 });
  });

  it('is noticed when it comes', async () => {
    await readyByGlass();
    await goTo(UNTIL);
    expect(await stands()).toBe('BLOCKED promoted approval');
  });

  it('comes early when somebody ends it', async () => {
    const { id } = await readyByGlass();
    must(await endBreakGlass(world.context, personCalled('bob'), id));
    await world.settle();
    expect(await stands()).toBe('BLOCKED promoted approval');
    expect(await endBreakGlass(world.context, personCalled('bob'), id)).toMatchObject({
      ok: false,
      error: { code: 'break_glass/over' },
    });
    expect(await told()).toEqual(['break_glass.opened ann', 'break_glass.ended bob']);
  });

  const NOBODY = { ...SRE, name: 'ann' };
  it.each([
    { name: 'was disabled', now: { ...NOBODY, disabled: true } },
    { name: 'is a machine by now', now: { ...NOBODY, machine: true } },
    { name: 'is an operator by now', now: { ...NOBODY, roles: ['operator'] as const } },
    {
      name: 'has the role elsewhere only',
      now: { ...NOBODY, roles: [], grants: [{ environment: 'dev', roles: ['sre'] as const }] },
    },
  ])('is there while whoever opened it $name', async ({ now }) => {
    await readyByGlass();
    must(await setRoles(world.context, PERSON, now));
    await world.settle();
    expect(await stands()).toBe('BLOCKED promoted approval');
    must(await setRoles(world.context, PERSON, NOBODY));
    await world.settle();
    expect(await stands()).toBe('PENDING');
  });

  it('is seen when the plan is sent: who opened it may not do so any more', async () => {
    const { id } = await readyByGlass();
    await world.person('ann', 'operator');
    const plan = await prod.lastPlan();
    expect(await world.engine.executePlan(personCalled('bob'), plan.id)).toMatchObject({
      ok: false,
      error: { code: 'plan/not_ready' },
    });
    expect(await stored(id)).toMatchObject({ uses: 0 });
  });

  it('takes back what went by it and nobody has begun, and lets the rest run', async () => {
    const { id } = await open(['promoted', 'approval']);
    const plan = await prod.lastPlan();
    must(await endBreakGlass(world.context, personCalled('ann'), id));
    const outbox = await world.context.store.transact((unit) => unit.outbox.pending(['prod']));
    expect(outbox.map(({ type, planId }) => [type, planId])).toEqual([
      ['plan.offer', plan.id],
      ['plan.cancel', plan.id],
    ]);
  });

  it('is told to the spoke: it does not begin after that', async () => {
    await open(['promoted', 'approval']);
    const [offer] = await world.context.store.transact((unit) => unit.outbox.pending(['prod']));
    expect(offer?.payload).toMatchObject({ windowEnd: UNTIL });
  });

  it('leaves people as much time to answer as they had', async () => {
    await world.context.store.transact(async ({ environments }) => {
      const [stays] = await environments.getMany(['prod']);
      await environments.save({ ...stays!, execution: 'manual' });
    });
    await promoted();
    const asked = async () => {
      const entities = [prod.entity];
      return world.context.store.transact((unit) => unit.approvalRequests.ofEntities(entities));
    };
    expect(await asked()).toMatchObject([{ runningSince: '2026-01-05T09:00:00.000Z' }]);
    await open(['approval']);
    expect((await asked())[0]).not.toHaveProperty('runningSince');
    await goTo(UNTIL);
    expect(await asked()).toMatchObject([{ ranMs: 0, runningSince: UNTIL }]);
  });
});

describe('what a break-glass owes', () => {
  /** An upgrade that nothing else holds waits for an sre; the break-glass is of another day. */
  beforeEach(async () => {
    await promoted();
    await world.constraint(FREEZE);
    must(await createEnvironment(world.context, PERSON, { name: 'eu', tier: 'production' }));
  });

  it('holds a plan that is open at the very instant at which it is due', async () => {
    const { id } = await open(['window'], { environment: 'eu' });
    await goTo('2026-01-06T08:59:59.999Z');
    expect(await stands()).toBe('BLOCKED suppression_window approval');
    expect((await prod.lastPlan()).recheckAt).toBe(DUE);
    await goTo(DUE);
    expect(await stands()).toBe('BLOCKED break_glass_debt suppression_window approval');
    expect((await prod.lastPlan()).violations[0]).toMatchObject({
      message: expect.stringContaining('which was opened in another environment'),
      data: { breakGlass: id, dueAt: DUE },
    });
  });

  it('holds nothing above the tier in which it was opened', async () => {
    await open(['window'], { environment: 'dev' });
    await goTo(DUE);
    expect(await stands()).toBe('BLOCKED suppression_window approval');
  });

  it('is settled by a review, and the plan goes at once', async () => {
    const { id } = await open(['window'], { environment: 'eu' });
    await goTo(DUE);
    await world.approveAll('sre-1');
    await goTo('2026-01-09T00:00:00.000Z');
    await world.approveAll('sre-1');
    expect(await stands()).toBe('BLOCKED break_glass_debt');
    expect((await review(id)).ok).toBe(true);
    expect(await stands()).toBe('EXECUTING');
  });

  it('is not waived by another break-glass', async () => {
    await open(['window'], { environment: 'eu' });
    await goTo(DUE);
    await open(WAIVABLE, { until: '2026-01-06T10:00:00.000Z' });
    expect(await stands()).toBe('BLOCKED break_glass_debt');
  });

  it('is owed although it was ended and never used', async () => {
    const { id } = await open(['window'], { environment: 'eu' });
    must(await endBreakGlass(world.context, personCalled('ann'), id));
    await goTo(DUE);
    expect(await stands()).toBe('BLOCKED break_glass_debt suppression_window approval');
  });

  it('holds no rollback of what it let go', async () => {
    // 1.0.0 runs as desired for long enough to count as having succeeded.
    await prod.want({ version: '1.0.0' });
    await world.settle();
    await goTo('2026-01-05T09:10:00.000Z');
    await prod.want({ version: '1.1.0' });
    await world.settle();
    await open(WAIVABLE);
    const { id } = await prod.lastPlan();
    await prod.succeed(id, { version: '1.1.0', revision: 2 });
    await world.settle();
    await goTo(DUE);
    await prod.want({ version: '1.0.0' });
    await world.settle();
    const plan = await prod.lastPlan();
    expect([plan.type, plan.state]).toEqual(['rollback', 'EXECUTING']);
  });

  it('is told once, when it is overdue', async () => {
    const { id } = await open(['window'], { environment: 'eu' });
    const sweep = new Sweep(world.context, 450_000);
    await sweep.run();
    await goTo('2026-01-06T08:59:59.999Z');
    await sweep.run();
    expect(await told()).toEqual(['break_glass.opened ann']);
    await goTo(DUE);
    await sweep.run();
    await sweep.watch();
    expect(await told()).toEqual(['break_glass.opened ann', 'break_glass.overdue engine']);
    expect(await stored(id)).toMatchObject({ overdueToldAt: DUE });
  });
});

describe('a review', () => {
  it.each([
    { name: 'whoever opened it', by: personCalled('ann') },
    {
      name: 'whoever opened it, by a token',
      by: { ...personCalled('ann'), token: 'token-1' },
    },
    { name: 'a machine', by: { ...personCalled('robot'), kind: 'machine' as const } },
  ])('is not taken of $name', async ({ by }) => {
    const { id } = await open(['promoted']);
    const said = { verdict: 'accepted' } as const;
    expect(await reviewBreakGlass(world.context, by, id, said)).toMatchObject({
      ok: false,
      error: { code: 'break_glass/not_a_second_person' },
    });
    expect(await told()).toEqual(['break_glass.opened ann']);
  });

  it('ends what is in force, and is given once', async () => {
    const { id } = await open(['promoted']);
    expect(await stands()).toBe('BLOCKED approval');
    expect(await review(id)).toMatchObject({ ok: true, value: { ended: { by: 'bob' } } });
    expect(await stands()).toBe('BLOCKED promoted approval');
    expect(await review(id, 'eve')).toMatchObject({
      ok: false,
      error: { code: 'break_glass/reviewed' },
    });
    expect(await told()).toEqual(['break_glass.opened ann', 'break_glass.reviewed bob']);
  });

  it('of what there is not is refused', async () => {
    expect(await review('none')).toMatchObject({
      ok: false,
      error: { code: 'break_glass/not_found' },
    });
  });
});

describe('to break glass', () => {
  it.each([
    { name: 'a product', change: { product: 'none' }, code: 'catalog/product_not_found' },
    { name: 'an environment', change: { environment: 'x' }, code: 'catalog/environment_not_found' },
    { name: 'a reason', change: { reason: ' '.repeat(40) }, code: 'catalog/invalid_field' },
  ])('takes $name, and else keeps nothing', async ({ change, code }) => {
    const asked = {
      product: 'aria',
      environment: 'prod',
      waives: ['window'],
      until: UNTIL,
    } as const;
    const reason = 'Orders are lost at the till';
    const opened = await openBreakGlass(world.context, personCalled('ann'), {
      ...{ ...asked, reason },
      ...change,
    });
    expect(opened).toMatchObject({ ok: false, error: { code } });
    expect(await told()).toEqual([]);
  });

  it('takes roles that the hub keeps, and else keeps nothing', async () => {
    const asked = { product: 'aria', environment: 'prod', waives: ['window'] } as const;
    const reason = 'Orders are lost at the till';
    const opened = await openBreakGlass(world.context, personCalled('by-word-alone'), {
      ...{ ...asked, reason, until: UNTIL },
    });
    expect(opened).toMatchObject({ ok: false, error: { code: 'break_glass/not_backed' } });
    expect(await told()).toEqual([]);
  });

  it('takes that others have looked at what was opened before', async () => {
    const asked = { product: 'aria', environment: 'prod', waives: ['window'] } as const;
    const again = () =>
      openBreakGlass(world.context, personCalled('ann'), {
        ...{ ...asked, reason: 'Orders are lost at the till', until: UNTIL },
      });
    const { id } = await open(['window']);
    for (let each = 2; each <= 5; each += 1) must(await again());
    expect(await again()).toMatchObject({
      ok: false,
      error: { code: 'break_glass/too_many_owed', data: { most: 5 } },
    });
    must(await review(id));
    expect(await again()).toMatchObject({ ok: true });
  });

  it('changes nothing for a rollback that follows a failure', async () => {
    await open(WAIVABLE);
    await prod.succeed((await prod.lastPlan()).id, { version: '1.1.0', revision: 2 });
    await world.register('aria', '1.2.0');
    await world.constraint(FREEZE);
    await prod.want({ version: '1.2.0' });
    await world.settle();
    await prod.report({ version: '1.2.0', revision: 3, health: 'Degraded' });
    await prod.result(failed('unhealthy'));
    await world.settle();
    const plan = await prod.lastPlan();
    expect([plan.planClass, plan.state]).toEqual(['automatic_rollback', 'EXECUTING']);
    expect(plan.noted ?? []).toEqual([]);
  });
});
