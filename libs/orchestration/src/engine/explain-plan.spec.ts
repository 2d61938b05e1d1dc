import { beforeEach, describe, expect, it } from '@jest/globals';
import { type NewConstraint, removeConstraint } from '../constraints/add-constraint.js';
import { EngineWorld, must, PERSON } from '../testing/engine-world.js';
import type { PlanExplanation } from './explain-plan.js';

// The clock stands on Monday, 5 January 2026, at 09:00.
const SATURDAYS: NewConstraint = {
  name: 'saturdays',
  kind: 'maintenance_window',
  spec: { layer: 'environment', cron: '0 2 * * SAT', durationHours: 4 },
};
const FREEZE: NewConstraint = {
  name: 'freeze',
  kind: 'suppression_window',
  spec: { start: '2026-01-01T00:00:00Z', end: '2026-01-12T00:00:00Z', reason: 'Stocktaking' },
};
const NEEDS_BASE_2 = { product: 'base', range: '^2.0.0', optional: false };

let world: EngineWorld;
beforeEach(async () => {
  world = await EngineWorld.build();
});

async function explain(): Promise<PlanExplanation> {
  return must(await world.engine.explain((await world.lastPlan()).id));
}

function codes({ unmet }: PlanExplanation): readonly string[] {
  return unmet.map(({ code }) => code);
}

/** `aria` 1.0.0 and `base` 1.5.0 run, and aria 2.0.0, which needs base 2, should. */
async function wantsBase2(): Promise<void> {
  await world.product('base', { '1.5.0': [], '2.0.0': [] });
  await world.register('aria', '2.0.0', [NEEDS_BASE_2]);
  await world.connect();
  await world.report({
    'aria-dev': { version: '1.0.0', revision: 1 },
    'base-dev': { version: '1.5.0', revision: 1 },
  });
  await world.entity({ range: '^1.0.0' }, {}, 'base-dev', 'base');
  await world.entity({ version: '2.0.0' });
  await world.settle();
}

describe('the explanation of a plan', () => {
  it('lists everything at once, and each cause lifts by itself when it goes', async () => {
    await world.constraint(SATURDAYS);
    const freeze = await world.constraint(FREEZE);
    await wantsBase2();

    const all = await explain();
    expect(codes(all)).toEqual(['dependency_version', 'suppression_window', 'maintenance_window']);
    expect(all.unmet.map(({ message }) => message)).toEqual([
      'aria 2.0.0 needs base ^2.0.0; base-dev runs 1.5.0',
      'changes are suppressed until 2026-01-12T00:00:00.000Z: Stocktaking; then it is still shut (the environment maintenance windows are shut), and all is open together at 2026-01-17T02:00:00.000Z',
      'the environment maintenance windows are shut; "saturdays" opens next, at 2026-01-10T02:00:00.000Z',
    ]);
    expect(all.unmet.map(({ recheckAt }) => recheckAt)).toEqual([
      undefined,
      '2026-01-12T00:00:00.000Z',
      '2026-01-10T02:00:00.000Z',
    ]);
    expect(all).not.toHaveProperty('earliestAt');

    await world.report({
      'aria-dev': { version: '1.0.0', revision: 1 },
      'base-dev': { version: '2.0.0', revision: 2 },
    });
    await world.settle();
    const timed = await explain();
    expect(codes(timed)).toEqual(['suppression_window', 'maintenance_window']);
    expect(timed.earliestAt).toBe('2026-01-17T02:00:00.000Z');

    must(await removeConstraint(world.context, PERSON, freeze.id));
    await world.settle();
    const shut = await explain();
    expect(codes(shut)).toEqual(['maintenance_window']);
    expect(shut.earliestAt).toBe('2026-01-10T02:00:00.000Z');

    await world.goTo('2026-01-10T02:00:00Z');
    await world.engine.markDue();
    await world.settle();
    const gone = await explain();
    expect(gone).toMatchObject({ plan: { state: 'EXECUTING' }, manual: false, unmet: [] });
  });

  it('is of the instant of the question, not of the last evaluation', async () => {
    await world.connect();
    await world.report({});
    await world.constraint(FREEZE);
    await world.entity();
    await world.settle();
    world.clock.advance(60_000);
    expect(codes(await explain())).toEqual(['spoke_ready', 'suppression_window']);
    expect((await world.lastPlan()).violations.map(({ code }) => code)).toEqual([
      'suppression_window',
    ]);
  });

  it('says that a person starts it', async () => {
    world = await EngineWorld.build({ execution: 'manual' });
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
    expect(await explain()).toMatchObject({ manual: true, unmet: [] });
  });

  it('says that it is out of date before the next evaluation', async () => {
    world = await EngineWorld.build({ execution: 'manual' });
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
    await world.entity({ absent: true });
    expect((await explain()).unmet).toEqual([
      {
        code: 'outdated',
        message: 'the next evaluation replaces or withdraws it: it is absent, as desired',
        data: {},
      },
    ]);
  });

  it('of a plan that does not exist is refused', async () => {
    expect(await world.engine.explain('nothing')).toMatchObject({
      ok: false,
      error: { code: 'plan/not_found' },
    });
  });
});

describe('a blocked plan', () => {
  it.each([
    { name: 'a millisecond before its instant', at: '2026-01-10T01:59:59.999Z', state: 'BLOCKED' },
    { name: 'at its instant', at: '2026-01-10T02:00:00.000Z', state: 'EXECUTING' },
  ])('is $state $name', async ({ at, state }) => {
    await world.connect();
    await world.report({});
    await world.constraint(SATURDAYS);
    await world.entity();
    await world.settle();
    expect((await world.lastPlan()).recheckAt).toBe('2026-01-10T02:00:00.000Z');
    // The spoke's first word after the silence has it evaluated as well.
    await world.goTo('2026-01-10T01:59:59.000Z');
    await world.settle();
    await world.goTo(at);
    await world.settle();
    expect((await world.lastPlan()).state).toBe('BLOCKED');
    await world.engine.markDue();
    await world.settle();
    expect((await world.lastPlan()).state).toBe(state);
  });
});
