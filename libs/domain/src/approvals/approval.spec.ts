import { describe, expect, it } from '@jest/globals';
import { anApproval, aRule, NOON, someApprovalFacts } from '../testing/approvals.js';
import { type Approval, consumeApprovals, returnApprovals } from './approval.js';
import { judgeGates } from './judge-gates.js';

function isMet(approvals: readonly Approval[], digest = 'digest-1', now = NOON): boolean {
  const facts = someApprovalFacts({ approvals, digest, now });
  return judgeGates([aRule({ ttlHours: 24 })], facts, () => false).satisfied;
}

describe('approvals by which a plan went', () => {
  const given = [anApproval('bob'), anApproval('ann', { withdrawnAt: NOON })];
  const consumed = consumeApprovals(given, NOON);

  it('open nothing a second time', () => {
    expect([isMet(given), isMet(consumed)]).toEqual([true, false]);
  });

  it('leave alone what had been taken back', () => {
    expect(consumed[1]).toEqual(given[1]);
  });

  it('count again for the same content if the plan came back untouched', () => {
    expect(isMet(returnApprovals(consumed))).toBe(true);
    expect(isMet(returnApprovals(consumed), 'digest-2')).toBe(false);
  });

  it('lapse when they would have', () => {
    const next = returnApprovals(consumed);
    expect(isMet(next, 'digest-1', '2026-03-03T10:59:59.999Z')).toBe(true);
    expect(isMet(next, 'digest-1', '2026-03-03T11:00:00.000Z')).toBe(false);
  });
});
