import { describe, expect, it } from '@jest/globals';
import { InvariantViolation, ok } from '@apollo-deploy/kernel';
import { Type } from 'typebox';
import { aStoredConstraint, somePlanFacts } from '../testing.js';
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

function codesOf(set: ConstraintSet, subject: ScopeSubject): readonly string[] {
  return set
    .for(subject)
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
    const prod = set.for(UPGRADE);
    expect(set.for({ ...UPGRADE, entity: 'aria-2', product: 'other' })).toBe(prod);
    expect(set.for({ ...UPGRADE, environment: 'dev' })).not.toBe(prod);
  });

  it('demand nothing where there are none', () => {
    expect(new ConstraintSet([]).for(UPGRADE)).toEqual([]);
  });

  it('are recognised by id and version', () => {
    const set = new ConstraintSet([SATURDAYS, FREEZE]);
    expect(set.isOf([{ ...SATURDAYS }, { ...FREEZE }])).toBe(true);
    expect(set.isOf([SATURDAYS])).toBe(false);
    expect(set.isOf([SATURDAYS, { ...FREEZE, version: 2 }])).toBe(false);
  });

  it('that cannot be compiled any more are a bug, named', () => {
    const bad = aStoredConstraint({ name: 'old', kind: 'moon_phase' });
    expect(() => new ConstraintSet([bad])).toThrow(
      new InvariantViolation(
        'stored constraint old does not compile: kind moon_phase is not known',
      ),
    );
  });
});

describe('a kind of constraint', () => {
  /** All there is to a new one: what its spec looks like, and what it demands. */
  const compiled: string[] = [];
  const quietHours: ConstraintKind = {
    description: 'Nothing happens before an hour of the day, in UTC.',
    schema: Type.Object({ until: Type.Integer({ minimum: 0, maximum: 23 }) }),
    compile({ until }, name) {
      compiled.push(name);
      return ok({
        constraint: {
          kind: 'quiet_hours',
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
    const results = set.for(UPGRADE).map((constraint) => constraint.evaluate(somePlanFacts()));
    expect(results.flatMap(({ violations }) => violations)).toEqual([
      { code: 'quiet_hours', message: 'late: hush', data: {} },
    ]);
  });

  it('compiles each of its constraints once, also when others come and go', () => {
    compiled.length = 0;
    const before = new ConstraintSet([stored('a', 1), stored('b', 2)], undefined, kinds);
    const after = new ConstraintSet([stored('b', 2), stored('c', 3)], before, kinds);
    expect(compiled).toEqual(['a', 'b', 'c']);
    expect(after.for(UPGRADE)).toHaveLength(2);
  });
});
