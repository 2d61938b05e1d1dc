import { contentJson, type Plan } from '@apollo-deploy/domain';
import type { OutboxMessage } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { coveringPlan } from './covering-plan.js';

/**
 * What a spoke is told of a plan that it shall carry out, as the protocol shapes it. Of a plan that is
 * covered by the approval of another it is told that one too, to check it.
 */
export async function offerPayload(
  unit: UnitOfWork,
  plan: Plan,
  { expiresAt, windowEnd }: { readonly expiresAt: string; readonly windowEnd: string | undefined },
): Promise<OutboxMessage['payload']> {
  const other = await coveringPlan(unit, plan);
  const cover = other && {
    planId: other.id,
    content: contentJson(other.content),
    digest: other.digest,
  };
  return {
    planId: plan.id,
    attempt: plan.attempt,
    content: contentJson(plan.content),
    digest: plan.digest,
    values: plan.values,
    expiresAt,
    ...(windowEnd !== undefined && { windowEnd }),
    ...(cover !== undefined && {
      [plan.planClass === 'repair' ? 'repairOf' : 'rollbackOf']: cover,
    }),
  };
}
