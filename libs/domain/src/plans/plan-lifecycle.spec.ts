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
const PAIRS = PLAN_STATES.flatMap((from) => PLAN_STATES.map((to) => ({ from, to })));

describe('plan states', () => {
  it.each(PAIRS)('from $from to $to is allowed only if the table says so', ({ from, to }) => {
    const allowed = ALLOWED.has(`${from} ${to}`);
    expect(mayMove(from, to)).toBe(allowed);
    if (allowed) expect(movePlan(aPlan({ state: from }), to).state).toBe(to);
    else
      expect(() => movePlan(aPlan({ state: from }), to)).toThrow(`cannot go from ${from} to ${to}`);
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
