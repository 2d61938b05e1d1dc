import { describe, expect, it } from '@jest/globals';
import { aPlan } from '../testing.js';
import {
  isOpen,
  mayMove,
  PLAN_STATES,
  PLAN_TRANSITIONS,
  type PlanState,
} from './plan-lifecycle.js';
import { movePlan } from './plan.js';

const ALLOWED = new Set([
  'PENDING BLOCKED',
  'PENDING EXECUTING',
  'PENDING CANCELLED',
  'BLOCKED PENDING',
  'BLOCKED CANCELLED',
  'EXECUTING SUCCEEDED',
  'EXECUTING FAILED',
  'EXECUTING CANCELLED',
  'EXECUTING UNKNOWN',
  'UNKNOWN SUCCEEDED',
  'UNKNOWN FAILED',
  'UNKNOWN CANCELLED',
  'FAILED ROLLED_BACK',
]);
const recheckAt = '2026-01-05T10:00:00.000Z';
const VIOLATION = { code: 'hold', message: 'aria-dev is held', data: {}, recheckAt };
const PAIRS = PLAN_STATES.flatMap((from) => PLAN_STATES.map((to) => ({ from, to })));

describe('plan states', () => {
  it.each(PAIRS)('from $from to $to is allowed only if the table says so', ({ from, to }) => {
    const allowed = ALLOWED.has(`${from} ${to}`);
    expect(mayMove(from, to)).toBe(allowed);
    if (allowed) expect(movePlan(aPlan({ state: from }), to).state).toBe(to);
    else
      expect(() => movePlan(aPlan({ state: from }), to)).toThrow(`cannot go from ${from} to ${to}`);
  });

  it.each(PLAN_STATES.filter((to) => !isOpen(to) && to !== 'ROLLED_BACK'))(
    'keep nothing of the way there: %s is held by nothing, due never and in no phase',
    (to) => {
      const underWay = aPlan({
        state: 'EXECUTING',
        phase: 'helm',
        violations: [VIOLATION],
        recheckAt,
      });
      const ended = movePlan(underWay, to);
      expect(ended.violations).toEqual([]);
      expect(ended).not.toHaveProperty('phase');
      expect(ended).not.toHaveProperty('recheckAt');
    },
  );

  it('keep the phase that was heard last while the end is unknown', () => {
    const underWay = aPlan({ state: 'EXECUTING', phase: 'helm' });
    expect(movePlan(underWay, 'UNKNOWN').phase).toBe('helm');
  });

  it('can all be reached from PENDING', () => {
    const reached = new Set<PlanState>(['PENDING']);
    for (const state of reached) for (const next of PLAN_TRANSITIONS[state]) reached.add(next);
    expect([...reached].sort()).toEqual([...PLAN_STATES].sort());
  });

  it('are open until they are final, and FAILED is not open', () => {
    expect(PLAN_STATES.filter(isOpen)).toEqual(['PENDING', 'BLOCKED', 'EXECUTING', 'UNKNOWN']);
  });
});
