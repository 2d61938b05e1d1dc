import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Environment, Plan, PlanState } from '@apollo-deploy/domain';
import { removeConstraint } from '../constraints/add-constraint.js';
import { resolvePlan } from '../engine/resolve-plan.js';
import type { AnalyticsDimension } from '../ports/analytics-repository.js';
import { EngineWorld, failed, must, PERSON, SUCCEEDED } from '../testing/engine-world.js';
import { recordEnding } from './count-plans.js';
import { planAnalytics, type PlanAnalytics, type PlanGroup } from './plan-analytics.js';

// The clock of the world begins on Monday, 5 January 2026, at 09:00.
const JANUARY = { from: '2026-01-01', to: '2026-02-01' };
const FREEZE = {
  kind: 'suppression_window',
  spec: { start: '2026-01-05T00:00:00Z', end: '2026-01-05T10:00:00Z', reason: 'Stock-taking' },
  scope: {},
};
const NOT_ARIA = {
  kind: 'rule',
  name: 'not aria',
  spec: {
    message: 'aria stays where it is',
    when: { fact: 'product.name', operator: 'ne', value: 'aria' },
  },
  scope: {},
};

let world: EngineWorld;

async function start(environment: Partial<Environment> = {}): Promise<void> {
  world = await EngineWorld.build(environment);
  await world.connect();
  await world.report({});
}

function analytics(by: AnalyticsDimension = 'type'): Promise<PlanAnalytics> {
  return planAnalytics(world.context, by, JANUARY);
}

async function groupOf(key: string, by?: AnalyticsDimension): Promise<PlanGroup> {
  const group = (await analytics(by)).groups.find((found) => found.key === key);
  if (group === undefined) throw new Error(`no group ${key}`);
  return group;
}

function pass(seconds: number): Promise<void> {
  return world.goTo(new Date(world.clock.now().getTime() + seconds * 1_000).toISOString());
}

async function lift(constraint: string): Promise<void> {
  must(await removeConstraint(world.context, PERSON, constraint));
}

async function planOf(id: string): Promise<Plan> {
  const plan = await world.context.store.transact((unit) => unit.plans.get(id));
  if (plan === undefined) throw new Error(`no plan ${id}`);
  return plan;
}

/** Wants aria and lets its install begin. */
async function installing(): Promise<string> {
  await world.entity();
  await world.settle();
  const plan = await world.lastPlan();
  expect(plan.state).toBe('EXECUTING');
  return plan.id;
}

describe('the analytics of plans', () => {
  beforeEach(() => start());

  it('have no data before a plan has ended', async () => {
    await installing();
    expect(await analytics()).toEqual({ groups: [], violations: [] });
  });

  it('count a plan that succeeded, with its duration', async () => {
    const plan = await installing();
    await pass(40);
    await world.result(plan, SUCCEEDED, { version: '1.0.0', revision: 1 });

    const expected = {
      total: 1,
      succeeded: 1,
      failed: 0,
      rolledBack: 0,
      cancelled: 0,
      successRate: 1,
      rollbackRate: 0,
      waitsMs: { other: 0, dependency: 0, window: 0, queue: 0, start: 0, execution: 40_000 },
    };
    const keys = [
      ['type', 'install'],
      ['product', 'aria'],
      ['environment', 'dev'],
      ['day', '2026-01-05'],
    ] as const;
    for (const [by, key] of keys) {
      const { groups, violations } = await analytics(by);
      expect(groups).toMatchObject([{ key, ...expected }]);
      expect(violations).toEqual([]);
      expect(groups[0]!.durationMs!.mean).toBe(40_000);
      expect(groups[0]!.durationMs!.p95 / 40_000).toBeCloseTo(1, 1);
    }
  });

  it('count a verdict that comes again only once', async () => {
    const plan = await installing();
    for (let time = 0; time < 3; time += 1) await world.result(plan, failed('unhealthy'));
    expect(await groupOf('install')).toMatchObject({ total: 1, failed: 1, successRate: 0 });
  });

  it('count nothing of a verdict whose transaction failed', async () => {
    await installing();
    const plan = await world.lastPlan();
    const work = world.context.store.transact(async (unit) => {
      await recordEnding(unit, plan, { ...plan, state: 'SUCCEEDED', endedAt: plan.createdAt });
      throw new Error('the connection broke');
    });
    await expect(work).rejects.toThrow('the connection broke');
    expect(await analytics()).toEqual({ groups: [], violations: [] });
  });

  it('count a plan in doubt when somebody resolves it, without a duration', async () => {
    const plan = await installing();
    await world.result(plan, { verdict: 'unknown', message: 'Helm hangs', evidence: {} });
    expect(await analytics()).toEqual({ groups: [], violations: [] });

    await world.goTo('2026-01-07T09:00:00.000Z');
    must(await resolvePlan(world.context, PERSON, plan, 'FAILED', 'the pods never came up'));
    expect(await groupOf('2026-01-07', 'day')).toMatchObject({
      total: 1,
      failed: 1,
      durationMs: null,
      waitsMs: null,
    });
  });

  it('count a plan that came back untouched beside the rates', async () => {
    const plan = await installing();
    const expired = { verdict: 'declined', reason: 'expired', message: 'late', evidence: {} };
    await world.result(plan, expired as Parameters<typeof world.result>[1]);
    expect(await groupOf('install')).toMatchObject({
      total: 0,
      cancelled: 1,
      successRate: null,
      durationMs: null,
    });
  });

  it('count plans that never went out beside the rates: superseded, or cancelled by a person', async () => {
    await world.constraint(NOT_ARIA);
    await world.entity();
    await world.settle();
    await world.release('1.1.0');
    await world.settle();
    const plan = await world.lastPlan();
    must(await world.engine.cancelPlan(PERSON, plan.id, 'not today'));
    expect((await world.plans()).map(({ cancelReason }) => cancelReason)).toEqual([
      'superseded',
      'cancelled',
    ]);
    expect(await groupOf('install')).toMatchObject({
      total: 0,
      cancelled: 2,
      successRate: null,
      durationMs: null,
      violations: [{ code: 'rule', count: 2 }],
    });
  });

  it('count a rolled back plan among the failed, on the day on which it failed', async () => {
    const id = await installing();
    await world.result(id, failed('unhealthy'));
    await world.goTo('2026-01-06T09:00:00.000Z');
    const plan = await world.lastPlan();
    await world.context.store.transact((unit) =>
      recordEnding(unit, plan, { ...plan, state: 'ROLLED_BACK' satisfies PlanState }),
    );
    expect((await analytics('day')).groups).toMatchObject([
      { key: '2026-01-05', total: 1, failed: 1, rolledBack: 1, successRate: 0, rollbackRate: 1 },
    ]);
  });
});

describe('what plans wait for', () => {
  beforeEach(() => start({ maxConcurrent: 1 }));

  it('is counted from the making of a plan to its start, each stretch once', async () => {
    await world.entity({ channel: 'dev' }, {}, 'other-dev');
    await world.settle();
    const first = (await world.lastPlan()).id;
    await world.constraint(FREEZE);
    const { id } = await world.constraint(NOT_ARIA);
    await world.entity();
    await world.settle();
    const plan = await world.lastPlan();
    expect(plan.violations.map(({ code }) => code).sort()).toEqual([
      'concurrency',
      'rule',
      'suppression_window',
    ]);

    await pass(60);
    await lift(id);
    await world.settle();
    await world.goTo('2026-01-05T10:00:00.000Z');
    await world.engine.markDue();
    await world.settle();
    await pass(30);
    await world.result(first, SUCCEEDED);
    await world.settle();
    const going = await planOf(plan.id);
    expect(going.state).toBe('EXECUTING');
    expect(going.waits?.ms).toEqual({ other: 60_000, window: 3_540_000, queue: 30_000 });
    expect(Date.parse(going.startedAt!) - Date.parse(going.createdAt)).toBe(3_630_000);

    await pass(5);
    await world.result(plan.id, SUCCEEDED, { version: '1.0.0', revision: 1 });
    expect((await groupOf('install')).waitsMs).toEqual({
      other: 30_000,
      dependency: 0,
      window: 1_770_000,
      approval: 0,
      queue: 15_000,
      start: 0,
      execution: (3_630_000 + 5_000) / 2,
    });
  });

  it('is the word of a person where plans do not go by themselves', async () => {
    await start({ execution: 'manual' });
    await world.entity();
    await world.settle();
    const plan = await world.lastPlan();
    await pass(12);
    must(await world.engine.executePlan(PERSON, plan.id));
    expect((await world.lastPlan()).waits?.ms).toEqual({ start: 12_000 });
  });

  it('is counted once a plan and code, when that first blocks it', async () => {
    const rule = await world.constraint({ ...NOT_ARIA, name: 'first' });
    await world.entity();
    await world.settle();
    await world.constraint({ ...NOT_ARIA, name: 'second' });
    await world.settle();
    await world.goTo('2026-01-06T09:00:00.000Z');
    await world.constraint({ ...FREEZE, spec: { ...FREEZE.spec, end: '2026-02-01T00:00:00Z' } });
    await lift(rule.id);
    await world.settle();

    expect((await world.plans()).map(({ state }) => state)).toEqual(['BLOCKED']);
    const [ruleOnce, freezeOnce] = [
      { code: 'rule', count: 1 },
      { code: 'suppression_window', count: 1 },
    ];
    expect(await analytics('day')).toMatchObject({
      groups: [
        { key: '2026-01-05', total: 0, violations: [ruleOnce] },
        { key: '2026-01-06', total: 0, violations: [freezeOnce] },
      ],
      violations: [ruleOnce, freezeOnce],
    });
  });

  it('is counted too where a dispatch finds the plan blocked', async () => {
    await start({ execution: 'manual' });
    await world.entity();
    await world.settle();
    const plan = await world.lastPlan();
    await pass(7);
    await world.constraint(NOT_ARIA);
    const refused = await world.engine.executePlan(PERSON, plan.id);
    expect(refused.ok).toBe(false);
    expect((await world.lastPlan()).waits).toMatchObject({
      ms: { start: 7_000 },
      on: 'other',
      codes: ['rule'],
    });
    expect((await analytics()).violations).toEqual([{ code: 'rule', count: 1 }]);
  });
});
