import type { Plan, PlanContent } from '@apollo-deploy/domain';
import type { Json } from '@apollo-deploy/kernel';
import type { OutboxMessage } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** What a spoke is told of a plan that it shall carry out, as the protocol shapes it. */
export async function offerPayload(
  unit: UnitOfWork,
  plan: Plan,
  { expiresAt }: { readonly expiresAt: string },
): Promise<OutboxMessage['payload']> {
  const rollbackOf = await linkedPlan(unit, plan.rollbackOf);
  const repairOf = await linkedPlan(unit, plan.repairOf);
  return {
    planId: plan.id,
    attempt: plan.attempt,
    content: contentOf(plan.content),
    digest: plan.digest,
    values: plan.values,
    expiresAt,
    ...(rollbackOf !== undefined && { rollbackOf }),
    ...(repairOf !== undefined && { repairOf }),
  };
}

async function linkedPlan(unit: UnitOfWork, id: string | undefined): Promise<Json | undefined> {
  const plan = id === undefined ? undefined : await unit.plans.get(id);
  return plan && { planId: plan.id, content: contentOf(plan.content) };
}

function contentOf(content: PlanContent): Json {
  return {
    ...content,
    base: content.base && { ...content.base },
    chart: content.chart && { ...content.chart },
  };
}
