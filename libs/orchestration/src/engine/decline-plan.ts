import { movePlan, type Plan, type Refusal } from '@apollo-deploy/domain';
import { err, type Json, ok, type Result } from '@apollo-deploy/kernel';
import { recordEnding } from '../analytics/count-plans.js';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { lostRace } from './plan-refusals.js';
import { demandOf, dropDemand } from './follow-rollback.js';

/** Why a plan that waits is not to be carried out. */
export interface No {
  readonly cancelReason: 'cancelled' | 'rejected' | 'approval_lapsed';
  /** For the audit trail, with its detail. */
  readonly action: string;
  readonly detail: Readonly<Record<string, Json>>;
  /** What became of it, for after its name: `was cancelled: …`. */
  readonly why: string;
  /** For people who read the plan. */
  readonly message: string;
}

/** Ends a plan that is PENDING or BLOCKED, and declines its content and the rollback that it served. */
export async function declinePlan(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  plan: Plan,
  { cancelReason, action, detail, why, message }: No,
): Promise<Result<Plan, Refusal>> {
  const at = context.clock.now().toISOString();
  const saved = await unit.plans.save(
    movePlan(plan, 'CANCELLED', { cancelReason, message, endedAt: at }),
  );
  if (!saved.ok) return err(lostRace(plan.id));
  await recordEnding(unit, plan, saved.value);
  await unit.declines.put({
    entity: plan.entity,
    contentKey: plan.contentKey,
    planId: plan.id,
    by: principal.name,
    at,
    why,
    failures: 0,
    standing: true,
  });
  const dropped = `plan ${plan.id} ${why}`;
  await dropDemand(context, unit, await demandOf(unit, plan), dropped);
  await unit.dirty.mark([plan.entity]);
  await record(context, unit, principal, { action, subject: `plan/${plan.id}`, detail });
  return ok(saved.value);
}
