import { err, ok, type Result } from '@apollo-deploy/kernel';
import { refusal, type Refusal } from '../errors.js';
import type { Plan } from '../plans/plan.js';
import { type Approval, stands } from './approval.js';
import type { ApprovalFacts } from './count-approvals.js';
import { type DecisionFacts, refuseLate } from './decision.js';

/** The plan, and what was said about it. */
interface Said<T extends Approval> {
  readonly plan: DecisionFacts['plan'] & Pick<Plan, 'digest'>;
  readonly facts: Pick<ApprovalFacts, 'now'> & { readonly approvals: readonly T[] };
}

/**
 * All these approvals after one person took back whatever that person had said yes to. Of a plan that has
 * ended that is what was said of its content, which the next plan of the same content would go by.
 */
export function withdrawApproval<T extends Approval>(
  by: string,
  { plan, facts }: Said<T>,
): Result<readonly T[], Refusal> {
  const inTime = refuseLate(plan);
  const isUnderWay = plan.state === 'EXECUTING' || plan.state === 'UNKNOWN';
  const isOf = ({ digest }: Approval) => inTime.ok || (!isUnderWay && digest === plan.digest);
  const isTakenBack = (approval: Approval) =>
    approval.by === by && stands(approval) && isOf(approval);
  if (!facts.approvals.some(isTakenBack)) {
    if (!inTime.ok) return inTime;
    const detail = `${by} has no approval of plan ${plan.id} that could be taken back`;
    return err(refusal('approval/not_given', detail));
  }
  const withdrawnAt = facts.now.toISOString();
  return ok(
    facts.approvals.map((approval) =>
      isTakenBack(approval) ? { ...approval, withdrawnAt } : approval,
    ),
  );
}
