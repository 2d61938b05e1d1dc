import { beforeEach, describe, expect, it } from '@jest/globals';
import { EngineWorld, must, PERSON } from '../testing/engine-world.js';
import { addConstraint, type NewConstraint, removeConstraint } from './add-constraint.js';
import { RecurringScheduleService } from './recurring-schedule-service.js';

// The clock stands on Monday, 5 January 2026, at 09:00.
const SATURDAYS: NewConstraint = {
  name: 'saturdays',
  kind: 'maintenance_window',
  spec: { layer: 'environment', cron: '0 2 * * SAT', durationHours: 4 },
};
const FREEZE: NewConstraint = {
  name: 'freeze',
  kind: 'suppression_window',
  spec: { start: '2026-01-05T00:00:00Z', end: '2026-01-06T00:00:00Z', reason: 'Stocktaking' },
};

let world: EngineWorld;
beforeEach(async () => {
  world = await EngineWorld.build();
  await world.connect();
  await world.report({});
});

/** An entity whose install has been offered to the spoke. */
async function offered(): Promise<string> {
  await world.entity();
  await world.settle();
  return (await world.lastPlan()).id;
}

async function auditOf(subject: string): Promise<readonly string[]> {
  const page = await world.context.store.transact((unit) =>
    unit.audit.list({ subject }, { limit: 200 }),
  );
  return page.items.map(({ actor, action }) => `${actor} ${action}`);
}

describe('adding a constraint', () => {
  it('stores it with who made it, and holds what it is about', async () => {
    const stored = await world.constraint(FREEZE);
    expect(stored).toEqual({
      ...FREEZE,
      id: stored.id,
      scope: {},
      createdBy: 'dev-operator',
      createdAt: '2026-01-05T09:00:00.000Z',
      version: 1,
    });
    expect(await auditOf(`constraint/${stored.id}`)).toEqual(['dev-operator constraint.add']);
    await world.entity();
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      state: 'BLOCKED',
      recheckAt: '2026-01-06T00:00:00.000Z',
      violations: [{ code: 'suppression_window', data: { reason: 'Stocktaking' } }],
    });
  });

  it('makes a name of the reason and the id where none is given', async () => {
    const { id, name } = await world.constraint({ kind: FREEZE.kind, spec: FREEZE.spec });
    expect(name).toBe(`Stocktaking (${id})`);
    const again = await world.constraint({ kind: FREEZE.kind, spec: FREEZE.spec });
    expect(again.name).not.toBe(name);
  });

  it('cuts a long reason in a name between two characters', async () => {
    const spec = { ...FREEZE.spec, reason: `${'x'.repeat(59)}🎄🎄` };
    const { id, name } = await world.constraint({ kind: FREEZE.kind, spec });
    expect(name).toBe(`${'x'.repeat(59)} (${id})`);
  });

  it.each([
    {
      name: 'an environment',
      scope: { environments: ['dev', 'prod'] },
      error: { code: 'catalog/environment_not_found', field: 'scope.environments' },
    },
    {
      name: 'a product',
      scope: { products: ['nothing'] },
      error: { code: 'catalog/product_not_found', field: 'scope.products' },
    },
    {
      name: 'an entity',
      scope: { entities: ['aria-dev'] },
      error: { code: 'catalog/entity_not_found', field: 'scope.entities' },
    },
  ])('for $name that does not exist is refused, and stores nothing', async ({ scope, error }) => {
    const result = await addConstraint(world.context, PERSON, { ...FREEZE, scope });
    expect(result).toMatchObject({ ok: false, error });
    await offered();
    expect((await world.lastPlan()).state).toBe('EXECUTING');
  });

  it.each([
    { name: 'a blank name', change: { name: '  ' }, field: 'name', saying: '1 to 100' },
    { name: 'a name too long', change: { name: 'x'.repeat(101) }, field: 'name', saying: '101' },
    {
      name: 'a kind nobody knows',
      change: { kind: 'constructor' },
      field: 'kind',
      saying: 'maintenance_window, suppression_window, soak, backup, rule',
    },
    {
      name: 'a spec that its kind does not accept',
      change: { spec: { ...FREEZE.spec, end: '2026-01-05T00:00:00Z' } },
      field: 'spec.end',
      saying: 'spec.end: end is not after start',
    },
  ])('with $name is refused', async ({ change, field, saying }) => {
    expect(await addConstraint(world.context, PERSON, { ...FREEZE, ...change })).toMatchObject({
      ok: false,
      error: { code: 'catalog/invalid_field', field, detail: expect.stringContaining(saying) },
    });
  });

  it('with a name that is taken is refused, whatever the kind', async () => {
    await world.constraint(FREEZE);
    const same = { ...SATURDAYS, name: 'freeze' };
    expect(await addConstraint(world.context, PERSON, same)).toMatchObject({
      ok: false,
      error: { code: 'catalog/already_exists', field: 'name' },
    });
  });
});

describe('an offer that nobody has claimed', () => {
  it.each(['dispatched', 'accepted'] as const)(
    'is taken back by a constraint while it is %s',
    async (phase) => {
      const planId = await offered();
      await world.progress(planId, phase);
      await world.constraint(FREEZE);
      await world.settle();
      expect(await world.outbox()).toEqual([
        { type: 'plan.offer', planId },
        { type: 'plan.cancel', planId },
      ]);
      expect((await world.lastPlan()).state).toBe('EXECUTING');
    },
  );

  it('is proposed anew and blocked once the spoke has let go of it', async () => {
    const planId = await offered();
    await world.constraint(FREEZE);

    await world.result(planId, {
      verdict: 'declined',
      reason: 'cancelled',
      message: 'cancelled before Helm began',
      evidence: {},
    });
    await world.settle();
    const [first, second] = await world.plans();
    expect(first).toMatchObject({ state: 'CANCELLED', cancelReason: 'withdrawn' });
    expect(second).toMatchObject({
      state: 'BLOCKED',
      attempt: 1,
      digest: first?.digest,
      violations: [{ code: 'suppression_window' }],
    });
  });

  it('that a person wants stopped as well is declined in the name of that person', async () => {
    const planId = await offered();
    await world.constraint(FREEZE);
    must(await world.engine.cancelPlan(PERSON, planId, 'not today'));
    await world.result(planId, {
      verdict: 'declined',
      reason: 'cancelled',
      message: 'cancelled before Helm began',
      evidence: {},
    });
    await world.settle();
    expect(await world.plans()).toHaveLength(1);
    expect(await world.lastPlan()).toMatchObject({ cancelReason: 'cancelled' });
  });

  it('stays where the constraint is about other environments', async () => {
    const planId = await offered();
    await world.constraint({ ...FREEZE, scope: { tiers: ['production'] } });
    expect(await world.outbox()).toEqual([{ type: 'plan.offer', planId }]);
  });

  it.each([
    {
      name: 'a suppression that begins later',
      constraint: {
        ...FREEZE,
        spec: { ...FREEZE.spec, start: '2026-02-05T00:00:00Z', end: '2026-02-06T00:00:00Z' },
      },
    },
    {
      name: 'a window that is open',
      constraint: { ...SATURDAYS, spec: { ...SATURDAYS.spec, cron: '0 8 * * MON' } },
    },
    {
      name: 'a rule that it keeps',
      constraint: {
        kind: 'rule',
        spec: {
          when: { fact: 'product.name', operator: 'eq', value: 'aria' },
          message: 'Only aria',
        },
      },
    },
  ])('stays when what comes does not hold it: $name', async ({ constraint }) => {
    const planId = await offered();
    await world.constraint(constraint);
    expect(await world.outbox()).toEqual([{ type: 'plan.offer', planId }]);
  });

  it('stays when another window of the same layer is open', async () => {
    const spec = { ...SATURDAYS.spec, cron: '0 8 * * MON' };
    await world.constraint({ ...SATURDAYS, name: 'mondays', spec });
    const planId = await offered();
    await world.constraint(SATURDAYS);
    expect(await world.outbox()).toEqual([{ type: 'plan.offer', planId }]);
  });

  it('is taken back by a window that is shut', async () => {
    const planId = await offered();
    await world.constraint(SATURDAYS);
    expect(await world.outbox()).toContainEqual({ type: 'plan.cancel', planId });
  });

  it('stays once it has been claimed', async () => {
    const planId = await offered();
    await world.progress(planId, 'claimed');
    await world.constraint(FREEZE);
    expect(await world.outbox()).toEqual([{ type: 'plan.offer', planId }]);
  });
});

describe('removing a constraint', () => {
  it('lets go what it held, and frees its name', async () => {
    const { id } = await world.constraint(FREEZE);
    await world.entity();
    await world.settle();
    must(await removeConstraint(world.context, PERSON, id));
    await world.settle();
    expect((await world.lastPlan()).state).toBe('EXECUTING');
    expect(await auditOf(`constraint/${id}`)).toEqual([
      'dev-operator constraint.add',
      'dev-operator constraint.remove',
    ]);
    await world.constraint(FREEZE);
  });

  it('that is not there, or is of another kind, is refused', async () => {
    const { id } = await world.constraint(FREEZE);
    for (const [given, seen] of [['nobody'], [id, { kind: 'maintenance_window' }]] as const) {
      expect(await removeConstraint(world.context, PERSON, given, seen)).toMatchObject({
        ok: false,
        error: { code: 'constraint/not_found' },
      });
    }
    must(await removeConstraint(world.context, PERSON, id, { kind: 'suppression_window' }));
  });
});

describe('removing a constraint of which another version was seen', () => {
  it('is refused, and takes nothing away', async () => {
    const { id } = await world.constraint(FREEZE);
    expect(await removeConstraint(world.context, PERSON, id, { version: 2 })).toMatchObject({
      ok: false,
      error: { code: 'catalog/version_conflict', data: { version: 1 } },
    });
    must(await removeConstraint(world.context, PERSON, id, { version: 1 }));
  });
});

describe('a schedule', () => {
  it('opens its environments while it lasts, and no longer', async () => {
    const service = new RecurringScheduleService(world.context);
    const schedule = must(
      await service.createSchedule(PERSON, {
        name: 'nights',
        cron: '0 22 * * *',
        durationHours: 2,
        environments: ['dev'],
      }),
    );
    expect(schedule).toMatchObject({
      kind: 'maintenance_window',
      spec: { layer: 'environment', cron: '0 22 * * *', durationHours: 2 },
      scope: { environments: ['dev'] },
    });
    await world.entity();
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      state: 'BLOCKED',
      recheckAt: '2026-01-05T22:00:00.000Z',
    });
  });
});
