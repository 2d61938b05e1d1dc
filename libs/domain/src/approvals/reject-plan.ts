import { err, ok, type Result } from '@apollo-deploy/kernel';
import { refusal, type Refusal } from '../errors.js';
import { ApprovalGate } from './approval-gate.js';
import { countApprovals } from './count-approvals.js';
import { type DecisionFacts, refuseLate } from './decision.js';
import { notRequired } from './give-approval.js';

const MAX_REASON_LENGTH = 500;

/** One person's no. It ends the plan, and its content is declined. */
export interface Rejection {
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

/**
 * Takes a no from anybody who could be asked, at whatever level; authors may say no to their own work.
 * A reason is required: it is what the people whose work it was will read.
 */
export function rejectPlan(
  { by, reason }: { readonly by: string; readonly reason: string },
  { plan, facts, rules, isEscalated }: DecisionFacts,
): Result<Rejection, Refusal> {
  const inTime = refuseLate(plan);
  if (!inTime.ok) return inTime;
  const text = reason.trim();
  if (text === '' || text.length > MAX_REASON_LENGTH) {
    const detail = `say in 1 to ${MAX_REASON_LENGTH} characters why; it is what the authors will read`;
    return err(refusal('catalog/invalid_field', detail, { field: 'reason' }));
  }
  if (rules.length === 0) return err(notRequired(plan.id));
  const { digest } = facts;
  const at = facts.now.toISOString();
  const approvals = [{ by, roles: [], digest, at }];
  const mayAnswer = rules.some((rule) => {
    const asked = countApprovals({ ...rule, allowAuthor: true }, { ...facts, approvals });
    const standIns = isEscalated(rule) ? (rule.escalation?.roles ?? []) : [];
    return asked.approvers.some((each) => new ApprovalGate(rule).admits(each, standIns));
  });
  if (mayAnswer) return ok({ by, reason: text, at });
  const roles = [...new Set(rules.flatMap(({ requiredRoles }) => requiredRoles))];
  const detail = `${by} has no role that is asked for here; people with ${roles.join(', ')} may reject it, and whoever may cancel it can do that (POST /api/v1/plans/${plan.id}/cancel)`;
  return err(refusal('approval/not_eligible', detail, { data: { roles } }));
}
