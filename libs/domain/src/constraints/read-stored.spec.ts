import { describe, expect, it } from '@jest/globals';
import { PLAN_CLASSES } from '../plans/plan-class.js';
import { aStoredConstraint, somePlanFacts } from '../testing.js';
import { bearingOf } from './applicability.js';
import { type ReadConstraint, readStored } from './read-stored.js';
import type { StoredConstraint } from './stored-constraint.js';

/** As a newer version, or a hand, may have left it in the database. */
const left = (change: object): StoredConstraint => ({ ...aStoredConstraint(), ...change });

/** The classes of plans that it holds, going forward. */
function heldBy({ spec }: ReadConstraint): readonly string[] {
  if (!('constraint' in spec)) return ['as windows do'];
  const { row } = spec.constraint;
  return PLAN_CLASSES.filter(
    (planClass) => bearingOf(row, { planClass, forward: true }) === 'holds',
  );
}

const EVERY = [...PLAN_CLASSES];

describe('a stored constraint', () => {
  it('that is as this version writes it can be read', () => {
    const read = readStored(aStoredConstraint({ scope: { environments: ['prod'] } }));
    expect(read.scope).toEqual({ environments: ['prod'] });
    expect(read.spec).toHaveProperty('window');
    expect(read).not.toHaveProperty('unreadable');
  });

  it.each([
    {
      name: 'a kind that nobody knows holds every class',
      change: { kind: 'moon_phase' },
      why: 'kind "moon_phase" is not known',
      expected: EVERY,
    },
    {
      name: 'a name of the language is no kind',
      change: { kind: 'constructor' },
      why: 'kind "constructor" is not known',
      expected: EVERY,
    },
    {
      name: 'a window holds whom windows hold',
      change: { spec: { layer: 'moon', cron: '0 2 * * SAT', durationMinutes: 240 } },
      why: 'spec.layer: layer is "moon"; accepted are product, environment, global',
      expected: ['ordinary', 'repair', 'hotfix'],
    },
    {
      name: 'a suppression may have been a hard one',
      change: { kind: 'suppression_window', spec: { start: 'now', reason: 'Stocktaking' } },
      why: 'spec.start: start is "now"; accepted is an instant such as 2026-03-01T12:00:00Z (RFC 3339), in the years 1970 to 9990',
      expected: EVERY,
    },
    {
      name: 'a rule holds all but the automatic rollback',
      change: {
        kind: 'rule',
        spec: { message: 'no', when: { fact: 'moon', operator: 'eq', value: 'full' } },
      },
      why: expect.stringContaining('spec.when.fact: accepted are plan.type'),
      expected: ['ordinary', 'repair', 'requested_rollback', 'roll_off', 'hotfix'],
    },
    {
      name: 'no spec at all',
      change: { kind: 'soak', spec: null },
      why: expect.stringMatching(/^spec: /),
      expected: ['ordinary', 'hotfix'],
    },
    {
      name: 'a member of the scope that is not known might leave plans out',
      change: { scope: { environments: ['prod'], moons: ['full'] } },
      why: 'scope.moons is not known',
      expected: ['ordinary', 'repair', 'hotfix'],
    },
    {
      name: 'no scope at all',
      change: { scope: null },
      why: 'scope is not known',
      expected: ['ordinary', 'repair', 'hotfix'],
    },
  ])('that cannot be read says why and holds: $name', ({ change, why, expected }) => {
    const read = readStored(left(change));
    expect(read.unreadable).toEqual(why);
    expect(heldBy(read)).toEqual(expected);
  });

  it('that cannot be read names itself and the way out', () => {
    const { spec } = readStored(left({ kind: 'moon_phase', version: 3 }));
    const { satisfied, violations } =
      'constraint' in spec ? spec.constraint.evaluate(somePlanFacts()) : { satisfied: true };
    expect(satisfied).toBe(false);
    expect(violations).toEqual([
      {
        code: 'constraint_unreadable',
        message:
          'constraint "saturdays" cannot be read (kind "moon_phase" is not known), so nothing in its scope goes; bring the hub to the version that wrote it, or remove it (DELETE /api/v1/constraints/constraint-1) and add it anew',
        data: { constraint: 'constraint-1', name: 'saturdays', kind: 'moon_phase', version: 3 },
      },
    ]);
  });

  it.each([
    { scope: 'prod', expected: {} },
    { scope: ['prod'], expected: {} },
    { scope: { environments: 'prod', tiers: ['production'] }, expected: { tiers: ['production'] } },
    { scope: { products: ['aria', 7] }, expected: {} },
    { scope: { labels: { zone: 'a' } }, expected: { labels: { zone: 'a' } } },
    { scope: { labels: { zone: 1 } }, expected: {} },
    { scope: { labels: null, entities: ['one'] }, expected: { entities: ['one'] } },
  ])('reaches at least what its scope $scope may mean', ({ scope, expected }) => {
    expect(readStored(left({ scope })).scope).toEqual(expected);
  });
});
