import { contentJson, isCoveredBy, type Plan } from '@apollo-deploy/domain';
import type { Json } from '@apollo-deploy/kernel';
import type { OutboxMessage } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/**
 * What a spoke is told of a plan that it shall carry out, as the protocol shapes it. Of a plan that is
 * covered by the approval of another it is told that one too, to check it.
 */
export async function offerPayload(
  unit: UnitOfWork,
  plan: Plan,
  { expiresAt, windowEnd }: { readonly expiresAt: string; readonly windowEnd: string | undefined },
): Promise<OutboxMessage['payload']> {
  const rollbackOf = await coverOf(unit, plan, plan.rollbackOf);
  const repairOf = await coverOf(unit, plan, plan.repairOf);
  return {
    planId: plan.id,
    attempt: plan.attempt,
    content: contentJson(plan.content),
    digest: plan.digest,
    values: plan.values,
    expiresAt,
    ...(windowEnd !== undefined && { windowEnd }),
    ...(rollbackOf !== undefined && { rollbackOf }),
    ...(repairOf !== undefined && { repairOf }),
  };
}

async function coverOf(
  unit: UnitOfWork,
  plan: Plan,
  id: string | undefined,
): Promise<Json | undefined> {
  const other = id === undefined ? undefined : await unit.plans.get(id);
  if (other === undefined || !isCoveredBy(plan, other)) return undefined;
  return { planId: other.id, content: contentJson(other.content), digest: other.digest };
}
