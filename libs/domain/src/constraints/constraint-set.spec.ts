import { describe, expect, it } from '@jest/globals';
import { ok } from '@apollo-deploy/kernel';
import { Type } from 'typebox';
import { PLAN_CLASSES, type PlanClass } from '../plans/plan-class.js';
import { anOwedBreakGlass, aStoredConstraint, somePlanFacts } from '../testing.js';
import type { ClassedPlan } from './applicability.js';
import type { ConstraintKind } from './constraint-kind.js';
import { ConstraintSet } from './constraint-set.js';
import type { ScopeSubject } from './scope.js';

const UPGRADE: ScopeSubject = {
  environment: 'prod',
  tier: 'production',
  product: 'aria',
  entity: 'aria-prod',
  planType: 'upgrade',
  criticality: 'medium',
  labels: {},
};
const SATURDAYS = aStoredConstraint();
const FREEZE = aStoredConstraint({
  id: 'constraint-2',
  name: 'freeze',
  kind: 'suppression_window',
  spec: { start: '2026-01-01T00:00:00Z', end: '2026-02-01T00:00:00Z', reason: 'Stocktaking' },
  scope: { environments: ['prod'] },
});
const ONLY_BASE = aStoredConstraint({
  id: 'constraint-3',
  name: 'only base',
  kind: 'rule',
  spec: {
    message: 'only base moves',
    when: { fact: 'product.name', operator: 'eq', value: 'base' },
  },
});

const ORDINARY = { planClass: 'ordinary', forward: true } as const;

function codesOf(
  set: ConstraintSet,
  subject: ScopeSubject,
  plan: ClassedPlan = ORDINARY,
): readonly string[] {
  return set
    .for(subject, plan)
    .flatMap((constraint) => constraint.evaluate(somePlanFacts()).violations)
    .map(({ code }) => code);
}

describe('the stored constraints', () => {
  it('apply where their scope reaches, windows before the others', () => {
    const set = new ConstraintSet([ONLY_BASE, SATURDAYS, FREEZE]);
    expect(codesOf(set, UPGRADE)).toEqual(['suppression_window', 'maintenance_window', 'rule']);
    expect(codesOf(set, { ...UPGRADE, environment: 'dev' })).toEqual([
      'maintenance_window',
      'rule',
    ]);
  });

  it('are fused once for each combination, however many entities ask', () => {
    const set = new ConstraintSet([SATURDAYS, FREEZE, ONLY_BASE]);
    const prod = set.for(UPGRADE, ORDINARY);
    expect(set.for({ ...UPGRADE, entity: 'aria-2', product: 'other' }, ORDINARY)).toBe(prod);
    expect(set.for({ ...UPGRADE, environment: 'dev' }, ORDINARY)).not.toBe(prod);
  });

  it.each([
    {
      name: 'a repair is held by all of them',
      planClass: 'repair',
      expected: ['suppression_window', 'maintenance_window', 'rule'],
    },
    { name: 'an automatic rollback by none', planClass: 'automatic_rollback', expected: [] },
    { name: 'a requested rollback by rules', planClass: 'requested_rollback', expected: ['rule'] },
    { name: 'a roll-off by rules', planClass: 'roll_off', expected: ['rule'] },
    {
      name: 'a hotfix without a break-glass by all of them',
      planClass: 'hotfix',
      expected: ['suppression_window', 'maintenance_window', 'rule'],
    },
  ] as const)('follow the table: $name', ({ planClass, expected }) => {
    const set = new ConstraintSet([ONLY_BASE, SATURDAYS, FREEZE]);
    expect(codesOf(set, UPGRADE, { planClass, forward: false })).toEqual(expected);
  });

  it('tell a hotfix what its break-glass waives', () => {
    const set = new ConstraintSet([SATURDAYS, FREEZE]);
    const breakGlasses = [anOwedBreakGlass({ environment: 'dev', waives: ['window'] })];
    const hotfix = { planClass: 'hotfix', forward: true, waives: ['window'] } as const;
    const [told] = set.for(UPGRADE, hotfix);
    const { satisfied, violations, noted } = told?.evaluate(somePlanFacts({ breakGlasses })) ?? {};
    expect({ satisfied, violations }).toEqual({ satisfied: true, violations: [] });
    expect(noted?.map(({ code, effect }) => ({ code, effect }))).toEqual([
      { code: 'suppression_window', effect: 'waived' },
      { code: 'maintenance_window', effect: 'waived' },
    ]);
  });

  it.each(PLAN_CLASSES)('hold a plan that is %s by a hard suppression', (planClass) => {
    const hard = { ...FREEZE, spec: { ...FREEZE.spec, hard: true } };
    const set = new ConstraintSet([SATURDAYS, hard]);
    expect(codesOf(set, UPGRADE, { planClass, forward: false })).toContain('suppression_window');
  });

  it('open for a rollback when the hard suppression ends, whatever the windows say', () => {
    const hard = { ...FREEZE, spec: { ...FREEZE.spec, hard: true } };
    const set = new ConstraintSet([SATURDAYS, hard]);
    const nextFor = (planClass: PlanClass) =>
      set
        .for(UPGRADE, { planClass, forward: false })
        .map((constraint) => constraint.evaluate(somePlanFacts()).recheckAt);
    expect(nextFor('automatic_rollback')).toEqual(['2026-02-01T00:00:00.000Z']);
    expect(nextFor('ordinary')).toEqual(['2026-02-07T02:00:00.000Z']);
  });

  it('are shared by classes to which they mean the same', () => {
    const set = new ConstraintSet([SATURDAYS, FREEZE]);
    expect(set.for(UPGRADE, { planClass: 'repair', forward: false })).toBe(
      set.for(UPGRADE, ORDINARY),
    );
  });

  it('demand nothing where there are none', () => {
    expect(new ConstraintSet([]).for(UPGRADE, ORDINARY)).toEqual([]);
  });

  it('are recognised by id and version', () => {
    const set = new ConstraintSet([SATURDAYS, FREEZE]);
    expect(set.isOf([{ ...SATURDAYS }, { ...FREEZE }])).toBe(true);
    expect(set.isOf([SATURDAYS])).toBe(false);
    expect(set.isOf([SATURDAYS, { ...FREEZE, version: 2 }])).toBe(false);
  });

  it('that cannot be read hold what is in their scope, and nothing outside of it', () => {
    const bad = aStoredConstraint({
      id: 'constraint-9',
      name: 'old',
      kind: 'moon_phase',
      scope: { environments: ['prod'] },
    });
    const set = new ConstraintSet([ONLY_BASE, bad]);
    expect(codesOf(set, UPGRADE)).toEqual(['rule', 'constraint_unreadable']);
    expect(codesOf(set, { ...UPGRADE, environment: 'dev' })).toEqual(['rule']);
    expect(set.unreadable.map(({ stored }) => stored.name)).toEqual(['old']);
  });

  it('that cannot be read are the same ones in the next set', () => {
    const bad = aStoredConstraint({ name: 'old', kind: 'moon_phase' });
    const before = new ConstraintSet([bad]);
    const after = new ConstraintSet([bad, FREEZE], before);
    expect(after.unreadable[0]).toBe(before.unreadable[0]);
  });
});

describe('a kind of constraint', () => {
  /** All there is to a new one: what its spec looks like, and what it demands. */
  const compiled: string[] = [];
  const quietHours: ConstraintKind = {
    description: 'Nothing happens before an hour of the day, in UTC.',
    strictest: 'rule',
    schema: Type.Object({ until: Type.Integer({ minimum: 0, maximum: 23 }) }),
    compile({ until }, name) {
      compiled.push(name);
      return ok({
        constraint: {
          kind: 'quiet_hours',
          row: 'rule',
          evaluate: ({ now }) =>
            now.getUTCHours() >= Number(until)
              ? { satisfied: true, violations: [], metadata: {} }
              : {
                  satisfied: false,
                  violations: [{ code: 'quiet_hours', message: `${name}: hush`, data: {} }],
                  metadata: {},
                },
        },
      });
    },
  };
  const kinds = { quiet_hours: quietHours };
  const stored = (id: string, until: number) =>
    aStoredConstraint({ id, name: id, kind: 'quiet_hours', spec: { until } });

  it('is one object in the table of kinds', () => {
    const set = new ConstraintSet([stored('early', 9), stored('late', 10)], undefined, kinds);
    const results = set
      .for(UPGRADE, ORDINARY)
      .map((constraint) => constraint.evaluate(somePlanFacts()));
    expect(results.flatMap(({ violations }) => violations)).toEqual([
      { code: 'quiet_hours', message: 'late: hush', data: {} },
    ]);
  });

  it('compiles each of its constraints once, also when others come and go', () => {
    compiled.length = 0;
    const before = new ConstraintSet([stored('a', 1), stored('b', 2)], undefined, kinds);
    const after = new ConstraintSet([stored('b', 2), stored('c', 3)], before, kinds);
    expect(compiled).toEqual(['a', 'b', 'c']);
    expect(after.for(UPGRADE, ORDINARY)).toHaveLength(2);
  });
});
