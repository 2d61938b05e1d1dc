import { describe, expect, it } from '@jest/globals';
import { isStale } from './is-stale.js';
import type { EntitySnapshot, PlanSnapshot } from './snapshot.js';

const plan: PlanSnapshot = {
  type: 'upgrade',
  planClass: 'ordinary',
  state: 'BLOCKED',
  environment: 'dev',
  to: '1.1.0',
  codes: ['suppression_window'],
};

function held(change: Partial<PlanSnapshot> = {}, target = '1.1.0'): EntitySnapshot {
  return {
    code: 'planned',
    target,
    plan: { ...plan, ...change },
    hold: undefined,
    suppressedUntil: undefined,
    rollbackTo: undefined,
  };
}

const ALONE = { manual: false, neighbourUnderWay: false };
const DEPENDENT = { codes: ['dependency_missing'] };

describe('isStale', () => {
  it.each([
    { name: 'the same', before: held(), now: held(), around: ALONE, expected: false },
    {
      name: 'a freeze gone',
      before: held(),
      now: held({ codes: [] }),
      around: ALONE,
      expected: true,
    },
    {
      name: 'another target',
      before: held(),
      now: held({}, '1.2.0'),
      around: ALONE,
      expected: true,
    },
    {
      name: 'no plan any more',
      before: held(),
      now: { ...held(), plan: undefined },
      around: ALONE,
      expected: true,
    },
    {
      name: 'a hold',
      before: held(),
      now: { ...held(), hold: 'person' },
      around: ALONE,
      expected: true,
    },
    {
      name: 'a window that shut under a freeze',
      before: held(),
      now: held({ codes: ['maintenance_window', 'suppression_window'] }),
      around: ALONE,
      expected: false,
    },
    {
      name: 'a window that shut alone',
      before: held({ codes: ['rule'] }),
      now: held({ codes: ['maintenance_window', 'rule'] }),
      around: ALONE,
      expected: true,
    },
    {
      name: 'a limit beside a freeze',
      before: held({ codes: ['concurrency', 'suppression_window'] }),
      now: held(),
      around: ALONE,
      expected: false,
    },
    {
      name: 'a slot that is free, unused where plans start by themselves',
      before: held({ codes: ['concurrency'] }),
      now: held({ state: 'PENDING', codes: [] }),
      around: ALONE,
      expected: true,
    },
    {
      name: 'a slot that is free where people start plans',
      before: held({ codes: ['concurrency'] }),
      now: held({ state: 'PENDING', codes: [] }),
      around: { manual: true, neighbourUnderWay: false },
      expected: false,
    },
    {
      name: 'a freeze gone where people start plans',
      before: held(),
      now: held({ state: 'PENDING', codes: [] }),
      around: { manual: true, neighbourUnderWay: true },
      expected: true,
    },
    {
      name: 'another word on a neighbour that is under way',
      before: held(DEPENDENT),
      now: held({ codes: ['dependency_unhealthy'], to: '1.0.0' }, '1.0.0'),
      around: { manual: false, neighbourUnderWay: true },
      expected: false,
    },
    {
      name: 'another word on a neighbour that stands still',
      before: held(DEPENDENT),
      now: held({ codes: ['dependency_unhealthy'] }),
      around: ALONE,
      expected: true,
    },
    {
      name: 'a freeze gone beside a neighbour that is under way',
      before: held({ codes: ['dependency_missing', 'suppression_window'] }),
      now: held(DEPENDENT),
      around: { manual: false, neighbourUnderWay: true },
      expected: true,
    },
    {
      name: 'what it needs is there, and it is BLOCKED still',
      before: held(DEPENDENT),
      now: held({ state: 'PENDING', codes: [] }),
      around: { manual: false, neighbourUnderWay: true },
      expected: true,
    },
  ])('$name: $expected', ({ before, now, around, expected }) => {
    expect(isStale(before, now, around)).toBe(expected);
  });
});
