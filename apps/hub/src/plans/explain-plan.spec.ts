import { PLAN_STATES } from '@apollo-deploy/domain';
import type { Violation } from '@apollo-deploy/domain';
import { aPlan } from '@apollo-deploy/orchestration/testing';
import { describe, expect, it } from '@jest/globals';
import { explainPlan } from './explain-plan.js';

const AWAY: Violation = { code: 'spoke_ready', message: 'spoke dev is lost', data: {} };
const closedUntil = (recheckAt: string): Violation => ({
  code: 'window',
  message: `closed until ${recheckAt}`,
  data: {},
  recheckAt,
});

describe('the explanation of a plan', () => {
  it('says of each violation what cures it', () => {
    const plan = aPlan({ state: 'BLOCKED', violations: [AWAY] });

    expect(explainPlan(plan, false)).toEqual({
      state: 'BLOCKED',
      unmet: [
        {
          code: 'spoke_ready',
          message: 'spoke dev is lost',
          cure: 'look after the spoke in its cluster; if it was never connected, give it a token (POST /api/v1/join-tokens)',
        },
      ],
    });
  });

  it('says when it can go, if it waits for nothing but time', () => {
    const violations = [
      closedUntil('2026-03-02T00:00:00.000Z'),
      closedUntil('2026-03-01T00:00:00.000Z'),
    ];
    const plan = aPlan({ state: 'BLOCKED', violations });

    expect(explainPlan(plan, false).earliestAt).toBe('2026-03-02T00:00:00.000Z');
  });

  it('does not say when, if time alone does not help', () => {
    const violations = [closedUntil('2026-03-02T00:00:00.000Z'), AWAY];

    const explained = explainPlan(aPlan({ state: 'BLOCKED', violations }), false);

    expect(explained).not.toHaveProperty('earliestAt');
    expect(explained.unmet[0]?.earliestAt).toBe('2026-03-02T00:00:00.000Z');
  });

  it('names the person it waits for', () => {
    expect(explainPlan(aPlan({ id: 'p-1', state: 'PENDING' }), true)).toEqual({
      state: 'PENDING',
      unmet: [
        {
          code: 'manual_execution',
          message: 'in dev plans wait for a person to start them',
          cure: 'execute it (POST /api/v1/plans/p-1/execute)',
        },
      ],
    });
  });

  it('says how an unknown outcome is settled', () => {
    expect(explainPlan(aPlan({ id: 'p-1', state: 'UNKNOWN' }), false).unmet).toMatchObject([
      { code: 'outcome_unknown', cure: expect.stringContaining('/api/v1/plans/p-1/resolve') },
    ]);
  });

  it.each(PLAN_STATES.filter((state) => state !== 'UNKNOWN'))(
    'has nothing to add for a %s plan that waits for nobody',
    (state) => {
      expect(explainPlan(aPlan({ state, violations: [] }), false)).toEqual({ state, unmet: [] });
    },
  );
});
