import { DEFAULT_APPROVAL_RULES } from '@apollo-deploy/domain';
import type {
  ApprovalRecord,
  ApprovalRequestRecord,
  ApprovalRuleRecord,
  DelegationRecord,
} from '../../ports/approval-repositories.js';
import { NOON } from './noon.js';

/** The default rule about production, as somebody confirmed it; not stored yet. */
export function anApprovalRule(change: Partial<ApprovalRuleRecord> = {}): ApprovalRuleRecord {
  const [rule = null] = DEFAULT_APPROVAL_RULES;
  return { name: 'production', rule, by: 'admin', at: NOON, version: 0, ...change };
}

/** sre-1 said yes to what plan-1 of `test-service-a` would run. */
export function anApprovalRecord(change: Partial<ApprovalRecord> = {}): ApprovalRecord {
  return {
    id: 'approval-1',
    entity: 'test-service-a',
    planId: 'plan-1',
    by: 'sre-1',
    roles: ['sre'],
    digest: 'd'.repeat(64),
    at: NOON,
    ...change,
  };
}

export function anApprovalRequest(
  change: Partial<ApprovalRequestRecord> = {},
): ApprovalRequestRecord {
  return {
    entity: 'test-service-a',
    rule: 'production',
    planId: 'plan-1',
    ranMs: 0,
    ...change,
  };
}

/** sre-1 lends what it is to dan for a week. */
export function aDelegationRecord(change: Partial<DelegationRecord> = {}): DelegationRecord {
  return {
    id: 'delegation-1',
    giver: 'sre-1',
    to: 'dan',
    roles: ['sre'],
    scope: {},
    from: '2026-03-02T00:00:00.000Z',
    until: '2026-03-09T00:00:00.000Z',
    givenAt: '2026-03-01T18:00:00.000Z',
    ...change,
  };
}
