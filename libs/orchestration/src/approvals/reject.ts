import { type Plan, refuseLate, type Refusal, rejectPlan } from '@apollo-deploy/domain';
import { err, type Result } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import type { ConstraintCache } from '../engine/constraint-cache.js';
import { declinePlan } from '../engine/decline-plan.js';
import type { Principal } from '../ports/principal.js';
import { decisionOn, nobodyAsked } from './approve-plan.js';
import { loadInQuestion, lockPlan } from './plan-in-question.js';

/**
 * A person who is asked says no: the plan ends, and its content is not proposed again by itself.
 * Refused with `plan/not_found`, `approval/too_late`, `plan/not_ready`, `approval/not_required`,
 * `approval/not_eligible` or, for the reason, `catalog/invalid_field`.
 */
export async function reject(
  context: Context,
  principal: Principal,
  planId: string,
  reason: string,
  constraints: ConstraintCache,
): Promise<Result<Plan, Refusal>> {
  return context.store.transact(async (unit) => {
    const locked = await lockPlan(unit, planId);
    if (!locked.ok) return locked;
    const inTime = refuseLate(locked.value);
    if (!inTime.ok) return inTime;
    const found = await loadInQuestion(context, unit, constraints, locked.value);
    if (!found.ok) return found;
    const decision = decisionOn(found.value);
    if (decision === undefined) return err(nobodyAsked(planId));
    const { name } = principal;
    const rejection = rejectPlan({ by: name, reason }, decision);
    if (!rejection.ok) return rejection;
    const said = rejection.value.reason;
    return declinePlan(context, unit, principal, locked.value, {
      cancelReason: 'rejected',
      action: 'plan.reject',
      detail: { reason: said },
      why: `was rejected: ${said}`,
      message: `rejected by ${name}: ${said}`,
    });
  });
}
