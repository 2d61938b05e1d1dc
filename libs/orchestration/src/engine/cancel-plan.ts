import { type Plan, refusal, type Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { declinePlan } from './decline-plan.js';
import { lostRace, planNotFound } from './plan-refusals.js';

/**
 * A person says no. A plan that has not gone out is CANCELLED and its content declined. One that is
 * executing is asked to stop: the spoke answers with an ordinary verdict, never assumed here.
 */
export async function cancelPlan(
  context: Context,
  principal: Principal,
  planId: string,
  reason: string,
): Promise<Result<Plan, Refusal>> {
  return context.store.transact(async (unit) => {
    const plan = await unit.plans.get(planId);
    if (plan === undefined) return err(planNotFound(planId));
    if (plan.state === 'PENDING' || plan.state === 'BLOCKED') {
      return declinePlan(context, unit, principal, plan, {
        cancelReason: 'cancelled',
        action: 'plan.cancel',
        detail: { reason },
        why: `was cancelled: ${reason}`,
        message: `cancelled by ${principal.name}: ${reason}`,
      });
    }
    if (plan.state === 'EXECUTING') return askToStop(context, unit, principal, plan, reason);
    return err(
      refusal(
        'plan/illegal_transition',
        plan.state === 'UNKNOWN'
          ? `plan ${planId} is UNKNOWN: it may have changed something; say what happened instead (POST /api/v1/plans/${planId}/resolve)`
          : `plan ${planId} is ${plan.state} already`,
        { data: { state: plan.state } },
      ),
    );
  });
}

async function askToStop(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  plan: Plan,
  reason: string,
): Promise<Result<Plan, Refusal>> {
  const at = context.clock.now().toISOString();
  const saved = await unit.plans.save({
    ...plan,
    cancelRequested: { by: principal.name, at, reason },
  });
  if (!saved.ok) return err(lostRace(plan.id));
  await unit.outbox.add({
    id: context.ids.next(),
    spoke: plan.spoke,
    type: 'plan.cancel',
    planId: plan.id,
    payload: { planId: plan.id, reason },
    createdAt: at,
  });
  await record(context, unit, principal, {
    action: 'plan.cancel_request',
    subject: `plan/${plan.id}`,
    detail: { reason },
  });
  return ok(saved.value);
}
