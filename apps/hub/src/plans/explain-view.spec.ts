import { judgeGates, PLAN_STATES, VIOLATION_CODES } from '@apollo-deploy/domain';
import type { Violation } from '@apollo-deploy/domain';
import type { PlanExplanation } from '@apollo-deploy/orchestration';
import { aPlan } from '@apollo-deploy/orchestration/testing';
import { describe, expect, it } from '@jest/globals';
import { explainView } from './explain-view.js';

const AWAY: Violation = { code: 'spoke_ready', message: 'spoke dev is lost', data: {} };
const SHUT: Violation = {
  code: 'maintenance_window',
  message: 'the environment maintenance windows are shut',
  data: { id: 'c-1', nextOpen: '2026-03-02T00:00:00.000Z' },
  recheckAt: '2026-03-02T00:00:00.000Z',
};

function explanation(change: Partial<PlanExplanation> = {}): PlanExplanation {
  return {
    plan: aPlan({ id: 'p-1', state: 'BLOCKED' }),
    manual: false,
    unmet: [],
    noted: [],
    ...change,
  };
}

describe('the explanation of a plan', () => {
  it('says of each violation when time cures it, and what else does', () => {
    expect(explainView(explanation({ unmet: [AWAY, SHUT] }))).toEqual({
      state: 'BLOCKED',
      unmet: [
        {
          code: 'spoke_ready',
          message: 'spoke dev is lost',
          data: {},
          cure: 'look after the spoke in its cluster; if it was never connected, give it a token (POST /api/v1/join-tokens)',
        },
        {
          code: 'maintenance_window',
          message: 'the environment maintenance windows are shut',
          data: { id: 'c-1', nextOpen: '2026-03-02T00:00:00.000Z' },
          earliestAt: '2026-03-02T00:00:00.000Z',
          cure: 'wait until it opens, or change the windows (GET /api/v1/schedules, DELETE /api/v1/schedules/{schedule})',
        },
      ],
    });
  });

  it('tells what speaks against it and does not hold it', () => {
    const warning = { code: 'dependency_missing', message: 'base is missing', data: {} };
    const view = explainView(explanation({ noted: [{ ...warning, effect: 'warns' }] }));
    expect(view).toEqual({
      state: 'BLOCKED',
      unmet: [],
      noted: [{ code: 'dependency_missing', message: 'base is missing', effect: 'warns' }],
    });
  });

  it('says when it goes, if it waits for nothing but time', () => {
    const earliestAt = '2026-03-09T00:00:00.000Z';
    expect(explainView(explanation({ unmet: [SHUT], earliestAt })).earliestAt).toBe(earliestAt);
  });

  it('does not say when, if a person has to start it', () => {
    const earliestAt = '2026-03-09T00:00:00.000Z';
    expect(explainView(explanation({ unmet: [SHUT], earliestAt, manual: true }))).toMatchObject({
      unmet: [{ code: 'maintenance_window' }, { code: 'manual_execution' }],
    });
    expect(
      explainView(explanation({ unmet: [SHUT], earliestAt, manual: true })),
    ).not.toHaveProperty('earliestAt');
  });

  it.each(['PENDING', 'BLOCKED'] as const)('names the person a %s plan waits for', (state) => {
    expect(explainView(explanation({ plan: aPlan({ id: 'p-1', state }), manual: true }))).toEqual({
      state,
      unmet: [
        {
          code: 'manual_execution',
          message: 'in dev plans wait for a person to start them',
          data: { environment: 'dev' },
          cure: 'execute it (POST /api/v1/plans/p-1/execute)',
        },
      ],
    });
  });

  it('says how an unknown outcome is settled', () => {
    const plan = aPlan({ id: 'p-1', state: 'UNKNOWN' });
    expect(explainView(explanation({ plan })).unmet).toMatchObject([
      { code: 'outcome_unknown', cure: expect.stringContaining('/api/v1/plans/p-1/resolve') },
    ]);
  });

  it.each(PLAN_STATES.filter((state) => state !== 'UNKNOWN'))(
    'has nothing to add for a %s plan that waits for nobody',
    (state) => {
      expect(explainView(explanation({ plan: aPlan({ state }) }))).toEqual({ state, unmet: [] });
    },
  );
});

describe('the cure of a violation', () => {
  const cureFor = (code: string) =>
    explainView(explanation({ unmet: [{ ...AWAY, code }] })).unmet[0]?.cure ?? '';
  const general = cureFor('of_a_kind_added_later');

  it.each(['maintenance_window', 'window_too_short'])(
    'does not tell to wait for %s where nothing opens',
    (code) => {
      const never = { ...SHUT, code, data: { nextOpen: null } };
      expect(explainView(explanation({ unmet: [never] })).unmet[0]?.cure).toBe(
        'change the windows or suppressions: no opening was found to wait for (GET /api/v1/constraints, PUT or DELETE /api/v1/constraints/{id})',
      );
    },
  );

  it('is a sentence also for a code that nobody has heard of', () => {
    expect(general).toBe(
      'do what the message says; the plan is looked at again when anything changes',
    );
    expect(cureFor('constructor')).toBe(general);
  });

  it.each([
    { code: 'hold', data: { hold: 'h-1' }, names: 'DELETE /api/v1/holds/h-1)' },
    { code: 'recall', data: { recall: 'r-1' }, names: 'DELETE /api/v1/recalls/r-1)' },
    { code: 'suppression_window', data: { id: 's-1' }, names: 'DELETE /api/v1/suppressions/s-1)' },
    {
      code: 'automatic_suppression',
      data: { suppression: 's-2' },
      names: 'DELETE /api/v1/suppressions/s-2)',
    },
    { code: 'adoption', data: { entity: 'a/b' }, names: 'PUT /api/v1/entities/a%2Fb/adoption)' },
    { code: 'not_signed', data: { spoke: 'a/b' }, names: 'GET /api/v1/spokes/a%2Fb shows' },
    { code: 'hold', data: { hold: null }, names: 'DELETE /api/v1/holds/{hold})' },
  ])('of $code $data names $names', ({ code, data, names }) => {
    const unmet = explainView(explanation({ unmet: [{ ...AWAY, code, data }] })).unmet;
    expect(unmet[0]?.cure).toContain(names);
  });

  it.each([...VIOLATION_CODES, 'outdated', 'not_signed'])('%s is its own', (code) => {
    expect(cureFor(code)).not.toBe(general);
  });

  it.each([
    { name: 'all of a few', candidates: ['ann', 'bob'], who: 'ann or bob' },
    {
      name: 'some of many',
      candidates: ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
      who: 'a or b or c or d or e or 2 more',
    },
  ])('names who can approve: $name', ({ candidates, who }) => {
    const rule = { name: 'production', requiredRoles: ['sre'], level: 1, allowAuthor: false };
    const facts: Parameters<typeof judgeGates>[1] = {
      now: new Date(0),
      plan: {
        ...{ environment: 'prod', tier: 'production', product: 'aria', criticality: 'high' },
        ...{ planType: 'upgrade', planClass: 'ordinary', strategy: 'rolling', covered: false },
      },
      ...{ digest: 'd', approvals: [], authors: new Map(), delegations: [] },
      people: candidates.map((name) => ({ name, roles: ['sre'] })),
    };
    const { gates, violations } = judgeGates([rule], facts, () => false);

    expect(explainView(explanation({ unmet: violations }), gates).unmet).toMatchObject([
      {
        cure: `let ${who} look at it and approve its digest (POST /api/v1/plans/p-1/approve), or reject it (POST /api/v1/plans/p-1/reject)`,
      },
    ]);
  });
});
