import type { JudgedGate, Plan } from '@apollo-deploy/domain';
import { declinePlan } from '../engine/decline-plan.js';
import type { EvaluationOutcome, EvaluationWork } from '../engine/open-plan.js';
import { ENGINE } from '../ports/principal.js';

/** Nobody answered a gate in time: the plan ends, and its content is not proposed again by itself. */
export async function lapsePlan(
  { context, unit }: EvaluationWork,
  plan: Plan,
  { rule, missing, missingApprovers }: JudgedGate,
): Promise<EvaluationOutcome> {
  const hours = String(rule.requestTtlHours ?? 0);
  const why = `was not approved within the ${hours} hours of approval rule ${rule.name}`;
  await declinePlan(context, unit, ENGINE, plan, {
    cancelReason: 'approval_lapsed',
    action: 'approval.lapse',
    detail: { rule: rule.name, missing, missingApprovers },
    why,
    message: `it ${why}; evaluate with force to ask once more`,
  });
  // Where somebody was faster, the plan is theirs.
  await unit.dirty.mark([plan.entity]);
  return { entity: plan.entity, result: 'unchanged', dispatchable: false };
}
