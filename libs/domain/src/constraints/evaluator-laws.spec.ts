import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PLAN_CLASSES } from '../plans/plan-class.js';
import { WINDOW_LAYERS } from '../schedules/maintenance-window.js';
import { aStoredConstraint, somePlanFacts, someRuleFacts } from '../testing.js';
import { applicable, type ClassedPlan } from './applicability.js';
import type { ConstraintResult } from './constraint.js';
import { earliestAt, evaluateConstraints } from './constraint-evaluator.js';
import { ConstraintSet } from './constraint-set.js';
import { BUILT_IN_CONSTRAINTS } from './index.js';
import { PRESENCES, type PlanFacts } from './plan-facts.js';
import type { ScopeSubject } from './scope.js';
import type { StoredConstraint } from './stored-constraint.js';

const SUBJECT: ScopeSubject = {
  environment: 'dev',
  tier: 'development',
  product: 'aria',
  entity: 'aria-dev',
  planType: 'upgrade',
  criticality: 'medium',
  labels: {},
};

type Spec = Pick<StoredConstraint, 'kind' | 'spec'>;

// Days and hours are few, so that windows, suppressions and the instant asked for often meet.
const cron = fc
  .tuple(fc.constantFrom('0', '2', '22', '*/6'), fc.constantFrom('*', 'MON', 'SAT,SUN'))
  .map(([hour, weekday]) => `0 ${hour} * * ${weekday}`);
const timing = fc.record({
  cron,
  durationHours: fc.constantFrom(1, 4, 24),
  timezone: fc.constantFrom('UTC', 'Europe/London', 'America/New_York'),
});
const windowOf = (...layers: readonly string[]): fc.Arbitrary<Spec> =>
  fc
    .tuple(timing, fc.constantFrom(...layers))
    .map(([spec, layer]) => ({ kind: 'maintenance_window', spec: { ...spec, layer } }));
const suppression: fc.Arbitrary<Spec> = fc
  .tuple(
    fc.oneof(
      timing,
      fc
        .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 8 }))
        .map(([from, days]) => ({ start: day(from), end: day(from + days) })),
    ),
    fc.boolean(),
  )
  .map(([spec, hard]) => ({
    kind: 'suppression_window',
    spec: { ...spec, hard, reason: 'Stocktaking' },
  }));
/** One thing alone must often decide, or nothing is seen of the others. */
const mostly = <T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

const rule: fc.Arbitrary<Spec> = mostly('aria', fc.constant('base')).map((product) => ({
  kind: 'rule',
  spec: {
    message: `only ${product}`,
    when: { fact: 'product.name', operator: 'eq', value: product },
  },
}));

const soak: fc.Arbitrary<Spec> = fc
  .record(
    { minutes: fc.constantFrom(1, 60, 1440), from: fc.constantFrom('lab', 'nowhere') },
    { requiredKeys: ['minutes'] },
  )
  .map((spec) => ({ kind: 'soak', spec }));
const backup: fc.Arbitrary<Spec> = fc.constant({ kind: 'backup', spec: {} });

const promotion: fc.Arbitrary<PlanFacts['promotion']> = fc
  .record({ healthyMinutes: fc.constantFrom(0, 59, 60, 2000), underway: fc.boolean() })
  .map(({ healthyMinutes, underway }) => ({
    ...{ product: 'aria', version: '1.1.0', tier: 'staging' as const, changesVersion: true },
    ...{ asOf: new Date(day(1)), sourceTiers: [], lowerEnvironments: [] },
    runs: [
      {
        ...{ entity: 'aria-lab', environment: 'lab', tier: 'development' as const, proven: true },
        ...{ healthyMs: healthyMinutes * 60_000, underway },
      },
    ],
  }));
const backedUp: fc.Arbitrary<PlanFacts['backup']> = fc
  .constantFrom('done' as const, 'requested' as const, 'failed' as const, undefined)
  .map((status) => ({
    base: 'digest-1',
    record:
      status === undefined
        ? null
        : {
            ...{ entity: 'aria-dev', releaseDigest: 'digest-1', status, by: 'apollo' },
            ...{ at: day(2), covers: 'values and chart' },
          },
  }));

const facts: fc.Arbitrary<PlanFacts> = fc
  .record({
    hours: fc.integer({ min: 0, max: 24 * 21 }),
    planClass: mostly('ordinary', fc.constantFrom(...PLAN_CLASSES)),
    presence: mostly('connected', fc.constantFrom(...PRESENCES)),
    executing: mostly(0, fc.integer({ min: 0, max: 3 })),
    bringsWhatRuns: mostly(false, fc.boolean()),
    product: mostly('aria', fc.constant('base')),
    promotion,
    backup: backedUp,
  })
  .map(({ hours, planClass, presence, executing, bringsWhatRuns, product, ...runs }) =>
    somePlanFacts({
      ...runs,
      now: new Date(Date.parse(day(1)) + hours * 3_600_000),
      planClass,
      spoke: { name: 'dev', presence, reported: true, executing: 0 },
      environment: { ...somePlanFacts().environment, executing, maxConcurrent: 2 },
      entity: { name: 'aria-dev', trouble: 'Degraded', bringsWhatRuns, askedFor: false },
      rule: someRuleFacts({ product }),
    }),
  );
/** One in ten are of a kind that makes most plans wait; with more of them nothing would be let go. */
const any = (window: fc.Arbitrary<Spec>): fc.Arbitrary<Spec> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.oneof(window, suppression, rule) },
    { weight: 1, arbitrary: fc.oneof(soak, backup) },
  );
const some = fc.array(any(windowOf(...WINDOW_LAYERS)), { maxLength: 6 });
const unreadable: fc.Arbitrary<Spec> = fc.constantFrom(
  { kind: 'moon_phase', spec: {} },
  { kind: 'maintenance_window', spec: { layer: 'environment', cron: 'never' } },
  { kind: 'suppression_window', spec: {} },
  { kind: 'soak', spec: { minutes: 'many' } },
);

function day(number: number): string {
  return `2026-01-${String(number).padStart(2, '0')}T00:00:00Z`;
}

function all(specs: readonly Spec[], plan: ClassedPlan) {
  const stored = specs.map((spec) =>
    aStoredConstraint({
      ...spec,
      id: `c-${JSON.stringify(spec)}`,
      name: JSON.stringify(spec).slice(-90),
    }),
  );
  const set = new ConstraintSet(stored);
  return [...applicable(BUILT_IN_CONSTRAINTS, plan), ...set.for(SUBJECT, plan)];
}

function judge(specs: readonly Spec[], about: PlanFacts): ConstraintResult {
  const plan = { planClass: about.planClass, forward: true };
  return evaluateConstraints(all(specs, plan), about);
}

/** Everything but the order in which things are listed. */
function gist({ satisfied, violations, noted = [], recheckAt }: ConstraintResult) {
  const texts = [...violations, ...noted].map((one) => JSON.stringify(one)).sort();
  return { satisfied, recheckAt, texts };
}

/** Whether a plan that the first hold, is never let go by the second. */
function expectNoRelease(before: readonly Spec[], more: readonly Spec[], about: PlanFacts): void {
  if (judge(before, about).satisfied) return;
  expect(judge([...before, ...more], about).satisfied).toBe(false);
}

const RUNS = { numRuns: 500 };

describe('the laws of the evaluator, over the kinds that there are', () => {
  it('a rule more never unblocks', () => {
    fc.assert(
      fc.property(
        some,
        rule.map((one) => [one]),
        facts,
        expectNoRelease,
      ),
    );
  });

  it('a suppression more never unblocks, ordinary or hard', () => {
    fc.assert(
      fc.property(
        some,
        suppression.map((one) => [one]),
        facts,
        expectNoRelease,
      ),
    );
  });

  it.each([
    { name: 'a soak', more: soak },
    { name: 'a backup', more: backup },
    { name: 'one that cannot be read', more: unreadable },
  ])('$name more never unblocks', ({ more }) => {
    fc.assert(
      fc.property(
        some,
        more.map((one) => [one]),
        facts,
        expectNoRelease,
      ),
    );
  });

  it('one that nobody can read lets no plan go, of whatever class', () => {
    const strange: Spec = { kind: 'moon_phase', spec: {} };
    fc.assert(
      fc.property(some, facts, (specs, about) => {
        const { satisfied, violations } = judge([...specs, strange], about);
        expect(satisfied).toBe(false);
        expect(violations.map(({ code }) => code)).toContain('constraint_unreadable');
      }),
    );
  });

  it('a layer of windows more never unblocks, however many windows it has', () => {
    const others = fc.array(any(windowOf('product', 'global')), { maxLength: 6 });
    const layer = fc.array(windowOf('environment'), { minLength: 1, maxLength: 3 });
    fc.assert(fc.property(others, layer, facts, expectNoRelease), RUNS);
  });

  it('a window more in a layer that has some never blocks', () => {
    const layer = fc.array(windowOf('environment'), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(layer, windowOf('environment'), facts, (windows, one, about) => {
        if (judge(windows, about).satisfied) {
          expect(judge([...windows, one], about).satisfied).toBe(true);
        }
      }),
    );
  });

  it('the order in which constraints are stored never matters', () => {
    const shuffled = some.chain((specs) =>
      fc.tuple(fc.constant(specs), fc.shuffledSubarray(specs, { minLength: specs.length })),
    );
    fc.assert(
      fc.property(shuffled, facts, ([specs, other], about) => {
        expect(gist(judge(other, about))).toEqual(gist(judge(specs, about)));
      }),
    );
  });

  it('a suppression more never brings the earliest instant forward', () => {
    fc.assert(
      fc.property(some, suppression, facts, (specs, one, about) => {
        const plan = { planClass: about.planClass, forward: true };
        const after = earliestAt(all([...specs, one], plan), about);
        if (after === undefined) return;
        const before = earliestAt(all(specs, plan), about) ?? 'never';
        expect(before <= after).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
