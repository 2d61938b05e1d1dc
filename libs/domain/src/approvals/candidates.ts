import type { GateAnswer } from './approval-gate.js';
import type { ApprovalRule } from './approval-rule.js';
import { type ApprovalFacts, mayNot } from './count-approvals.js';
import { lentRoles } from './delegation.js';
import type { Approver } from './seat-matching.js';

/**
 * Who could bring a gate further now, in the order of their names: people who are no authors, have not
 * agreed yet, and have a role that is wanted, their own or a lent one.
 */
export function candidatesOf(
  { rule, approvers }: { readonly rule: ApprovalRule; readonly approvers: readonly Approver[] },
  { wantedRoles, wantsAnybody }: GateAnswer,
  facts: ApprovalFacts,
): readonly string[] {
  const spoken = new Set(approvers.map(({ name }) => name));
  const isOut = (name: string): boolean => spoken.has(name) || mayNot(name, rule, facts.authors);
  const lent = lentRoles(facts, facts, isOut);
  return facts.people
    .filter(({ name, roles }) => {
      const counted = [...roles, ...(lent.get(name) ?? []).flatMap((each) => each.roles)];
      return !isOut(name) && (wantsAnybody || wantedRoles.some((role) => counted.includes(role)));
    })
    .map(({ name }) => name)
    .sort();
}
