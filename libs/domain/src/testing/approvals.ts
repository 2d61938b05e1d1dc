import type { Approval, Person } from '../approvals/approval.js';
import { type ApprovalRule, parseApprovalRule } from '../approvals/approval-rule.js';
import type { ApprovalFacts } from '../approvals/count-approvals.js';
import type { DecisionFacts } from '../approvals/decision.js';
import type { Delegation } from '../approvals/delegation.js';
import type { ApprovalSubject } from '../approvals/plan-selector.js';

/** When everything in these situations is judged. */
export const NOON = '2026-03-02T12:00:00.000Z';
const BEFORE = '2026-03-02T11:00:00.000Z';

/** An ordinary upgrade of `aria`, medium, in `prod`. */
export function aSubject(change: Partial<ApprovalSubject> = {}): ApprovalSubject {
  return {
    environment: 'prod',
    tier: 'production',
    planType: 'upgrade',
    planClass: 'ordinary',
    criticality: 'medium',
    product: 'aria',
    strategy: 'rolling',
    covered: false,
    ...change,
  };
}

/** Every plan waits for one sre. */
export function aRule(change: Readonly<Record<string, unknown>> = {}): ApprovalRule {
  const rule = parseApprovalRule({ name: 'reliability', requiredRoles: ['sre'], ...change });
  if (!rule.ok) throw new Error(rule.error.detail);
  return rule.value;
}

/** Ann is an sre and product owner, Bob an sre, Cy a product owner, Dan neither. */
export const PEOPLE: readonly Person[] = [
  { name: 'ann', roles: ['sre', 'product-owner'] },
  { name: 'bob', roles: ['sre'] },
  { name: 'cy', roles: ['product-owner'] },
  { name: 'dan', roles: [] },
];

/** An hour ago, of the content there is. */
export function anApproval(by: string, change: Partial<Approval> = {}): Approval {
  return { by, roles: [], digest: 'digest-1', at: BEFORE, ...change };
}

export function someApprovalFacts(
  change: Omit<Partial<ApprovalFacts>, 'now'> & { readonly now?: string } = {},
): ApprovalFacts {
  return {
    plan: aSubject(),
    digest: 'digest-1',
    approvals: [],
    people: PEOPLE,
    authors: new Map(),
    delegations: [],
    ...change,
    now: new Date(change.now ?? NOON),
  };
}

/** plan-1 is PENDING and waits for one sre. */
export function aDecision(change: Partial<DecisionFacts> = {}): DecisionFacts {
  return {
    plan: { id: 'plan-1', state: 'PENDING' },
    rules: [aRule()],
    facts: someApprovalFacts(),
    isEscalated: () => false,
    ...change,
  };
}

/** Bob lends what he is to Dan, for all plans of these days. */
export function aDelegation(change: Partial<Delegation> = {}): Delegation {
  return {
    giver: 'bob',
    to: 'dan',
    roles: ['sre'],
    scope: {},
    from: '2026-03-02T00:00:00.000Z',
    until: '2026-03-09T00:00:00.000Z',
    givenAt: '2026-03-01T18:00:00.000Z',
    ...change,
  };
}
