import { describe, expect, it } from '@jest/globals';
import { PLAN_STATES } from '../plans/plan-lifecycle.js';
import {
  aDecision,
  aDelegation,
  anApproval,
  aRule,
  NOON,
  someApprovalFacts,
} from '../testing/approvals.js';
import { authorsOf } from './authors.js';
import type { DecisionFacts } from './decision.js';
import { giveApproval } from './give-approval.js';
import { rejectPlan } from './reject-plan.js';
import { withdrawApproval } from './withdraw-approval.js';

const OPEN = { open: true, because: [] };

function approve(by: string, change: Partial<DecisionFacts> = {}, digest = 'digest-1') {
  return giveApproval({ by, digest }, aDecision(change), OPEN);
}

const reject = (by: string, reason: string, change: Partial<DecisionFacts> = {}) =>
  rejectPlan({ by, reason }, aDecision(change));

function withdraw(by: string, change: Partial<DecisionFacts> = {}) {
  const { plan, facts } = aDecision(change);
  return withdrawApproval(by, { plan: { ...plan, digest: 'digest-1' }, facts });
}

describe('to approve a plan', () => {
  it('records who said yes to which content, with the roles of that time', () => {
    const given = giveApproval(
      { by: 'ann', digest: 'digest-1', comment: 'looks right' },
      aDecision(),
      OPEN,
    );
    expect(given).toMatchObject({
      ok: true,
      value: {
        approval: {
          by: 'ann',
          roles: ['sre', 'product-owner'],
          digest: 'digest-1',
          at: NOON,
          comment: 'looks right',
        },
        judged: { satisfied: true },
        lapsesUnused: [],
      },
    });
  });

  it.each(PLAN_STATES)('is heard until it goes: %s', (state) => {
    const answer = approve('bob', { plan: { id: 'plan-1', state } });
    expect(answer.ok).toBe(state === 'PENDING' || state === 'BLOCKED');
    if (!answer.ok) expect(answer.error.code).toBe('approval/too_late');
  });

  it.each([
    {
      name: 'of other content than what was seen',
      answer: approve('bob', {}, 'digest-0'),
      expected: {
        code: 'approval/digest_mismatch',
        field: 'digest',
        detail:
          'what plan plan-1 would run is not what you saw, and nothing was recorded; look at it again (GET /api/v1/plans/plan-1) and approve its digest',
        data: { digest: 'digest-1' },
      },
    },
    {
      name: 'about which nobody is asked',
      answer: approve('bob', { rules: [] }),
      expected: {
        code: 'approval/not_required',
        detail:
          'no approval rule asks anybody about plan plan-1; to say no, cancel it (POST /api/v1/plans/plan-1/cancel)',
      },
    },
    {
      name: 'of one’s own',
      answer: approve('bob', {
        facts: someApprovalFacts({ authors: authorsOf({ channel: 'bob' }) }),
      }),
      expected: {
        code: 'approval/author',
        detail:
          'bob put the release into the channel, and authors do not count for rule reliability; somebody else has to approve',
      },
    },
    {
      name: 'without a role that is asked for',
      answer: approve('cy'),
      expected: {
        code: 'approval/not_eligible',
        detail: 'cy has no role that is asked for here; asked for are sre',
        data: { roles: ['sre'] },
      },
    },
    {
      name: 'by somebody whom nobody knows',
      answer: approve('eve'),
      expected: {
        code: 'approval/not_eligible',
        detail: 'eve has no role that is asked for here; asked for are sre',
        data: { roles: ['sre'] },
      },
    },
    {
      name: 'whose level is not open yet',
      answer: approve('cy', {
        rules: [aRule(), aRule({ name: 'owner', level: 2, requiredRoles: ['product-owner'] })],
      }),
      expected: {
        code: 'approval/not_open',
        detail:
          'approval rule owner is of level 2 and opens once all rules below are met; wait until then',
        data: { rule: 'owner', level: 2 },
      },
    },
  ])('is refused $name', ({ answer, expected }) => {
    expect(answer).toEqual({ ok: false, error: expected });
  });

  it.each([
    {
      name: 'whose author a rule allows',
      by: 'bob',
      change: {
        rules: [aRule({ allowAuthor: true })],
        facts: someApprovalFacts({ authors: authorsOf({ release: 'bob' }) }),
      },
    },
    {
      name: 'by a role that was lent',
      by: 'dan',
      change: { facts: someApprovalFacts({ delegations: [aDelegation()] }) },
    },
    {
      name: 'by those who are asked because nobody answered',
      by: 'cy',
      change: {
        rules: [aRule({ escalation: { afterHours: 1, roles: ['product-owner'] } })],
        isEscalated: () => true,
      },
    },
    {
      name: 'by anybody where more people are asked than roles',
      by: 'dan',
      change: { rules: [aRule({ requiredApprovers: 2 })] },
    },
    {
      name: 'that was approved by the same person before',
      by: 'bob',
      change: { facts: someApprovalFacts({ approvals: [anApproval('bob')] }) },
    },
  ])('is heard of a plan $name', ({ by, change }) => {
    expect(approve(by, change)).toMatchObject({ ok: true, value: { approval: { by } } });
  });

  it('does not open a level by the very approval that nobody asked for yet', () => {
    const second = aRule({ name: 'second', level: 2 });
    const first = aRule({ name: 'first', requiredRoles: ['product-owner'] });
    expect(approve('bob', { rules: [first, second] })).toMatchObject({
      error: { code: 'approval/not_open' },
    });
    expect(approve('ann', { rules: [first, second] })).toMatchObject({
      value: { judged: { satisfied: true } },
    });
  });

  it('is told at once when it will have lapsed before the next window', () => {
    const rules = [aRule({ ttlHours: 24 }), aRule({ name: 'lasting' })];
    const shut = { open: false, because: [], nextOpen: '2026-03-03T18:00:00.000Z' };
    const given = giveApproval({ by: 'bob', digest: 'digest-1' }, aDecision({ rules }), shut);
    expect(given).toMatchObject({
      ok: true,
      value: {
        lapsesUnused: [
          { expiresAt: '2026-03-03T12:00:00.000Z', opensAt: '2026-03-03T18:00:00.000Z' },
        ],
      },
    });
  });
});

describe('to reject a plan', () => {
  it('gives a reason, which the authors will read', () => {
    expect(reject('bob', ' Not before the audit ')).toEqual({
      ok: true,
      value: { by: 'bob', reason: 'Not before the audit', at: NOON },
    });
  });

  it.each([
    { name: 'nothing', reason: '' },
    { name: 'blanks', reason: ' \n' },
    { name: 'more than anybody reads', reason: 'x'.repeat(501) },
  ])('does not take $name for a reason', ({ reason }) => {
    expect(reject('bob', reason)).toEqual({
      ok: false,
      error: {
        code: 'catalog/invalid_field',
        field: 'reason',
        detail: 'say in 1 to 500 characters why; it is what the authors will read',
      },
    });
  });

  it.each([
    {
      name: 'an author',
      by: 'bob',
      change: { facts: someApprovalFacts({ authors: authorsOf({ desired: 'bob' }) }) },
    },
    {
      name: 'somebody of a level that is not open yet',
      by: 'cy',
      change: {
        rules: [aRule(), aRule({ name: 'owner', level: 2, requiredRoles: ['product-owner'] })],
      },
    },
    {
      name: 'somebody who stands in',
      by: 'dan',
      change: { facts: someApprovalFacts({ delegations: [aDelegation()] }) },
    },
  ])('is for $name, too', ({ by, change }) => {
    expect(reject(by, 'No', change).ok).toBe(true);
  });

  it.each([
    { name: 'somebody who is not asked', by: 'cy', change: {}, code: 'approval/not_eligible' },
    {
      name: 'anybody where nobody is asked',
      by: 'bob',
      change: { rules: [] },
      code: 'approval/not_required',
    },
    {
      name: 'a plan that has gone',
      by: 'bob',
      change: { plan: { id: 'plan-1', state: 'EXECUTING' as const } },
      code: 'approval/too_late',
    },
  ])('is not for $name', ({ by, change, code }) => {
    expect(reject(by, 'No', change)).toMatchObject({ ok: false, error: { code } });
  });
});

describe('to take an approval back', () => {
  const approvals = [
    anApproval('bob'),
    anApproval('bob', { digest: 'digest-0' }),
    anApproval('ann'),
  ];

  it('takes back all that this person said yes to', () => {
    const answer = withdraw('bob', { facts: someApprovalFacts({ approvals }) });
    expect(answer).toEqual({
      ok: true,
      value: [
        anApproval('bob', { withdrawnAt: NOON }),
        anApproval('bob', { digest: 'digest-0', withdrawnAt: NOON }),
        anApproval('ann'),
      ],
    });
  });

  it.each(['CANCELLED', 'FAILED'] as const)(
    'takes back what was said of the same content, after the plan ended: %s',
    (state) => {
      const plan = { id: 'plan-1', state };
      const answer = withdraw('bob', { plan, facts: someApprovalFacts({ approvals }) });
      expect(answer).toEqual({
        ok: true,
        value: [
          anApproval('bob', { withdrawnAt: NOON }),
          anApproval('bob', { digest: 'digest-0' }),
          anApproval('ann'),
        ],
      });
    },
  );

  it('is too late after the plan ended, where what was said of it stands no more', () => {
    const said = [
      anApproval('bob', { consumedAt: NOON }),
      anApproval('bob', { digest: 'digest-0' }),
      anApproval('ann'),
    ];
    const answer = withdraw('bob', {
      plan: { id: 'plan-1', state: 'SUCCEEDED' },
      facts: someApprovalFacts({ approvals: said }),
    });
    expect(answer).toMatchObject({
      error: { code: 'approval/too_late', data: { state: 'SUCCEEDED' } },
    });
  });

  it('is too late while nobody knows how the plan went', () => {
    const plan = { id: 'plan-1', state: 'UNKNOWN' } as const;
    expect(withdraw('bob', { plan, facts: someApprovalFacts({ approvals }) }).ok).toBe(false);
  });

  it('is too late once the plan has gone', () => {
    const answer = withdraw('bob', {
      plan: { id: 'plan-1', state: 'EXECUTING' },
      facts: someApprovalFacts({ approvals }),
    });
    expect(answer).toEqual({
      ok: false,
      error: {
        code: 'approval/too_late',
        detail:
          'plan plan-1 is EXECUTING and has gone or ended; to stop it, cancel it (POST /api/v1/plans/plan-1/cancel)',
        data: { state: 'EXECUTING' },
      },
    });
  });

  it.each([
    { name: 'of somebody who gave none', approvals },
    { name: 'a second time', approvals: [anApproval('cy', { withdrawnAt: NOON })] },
    { name: 'by which a plan went', approvals: [anApproval('cy', { consumedAt: NOON })] },
  ])('finds none $name', ({ approvals: given }) => {
    const answer = withdraw('cy', { facts: someApprovalFacts({ approvals: given }) });
    expect(answer).toEqual({
      ok: false,
      error: {
        code: 'approval/not_given',
        detail: 'cy has no approval of plan plan-1 that could be taken back',
      },
    });
  });
});
