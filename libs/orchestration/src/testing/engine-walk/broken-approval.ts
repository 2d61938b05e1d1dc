import { isChange, type Plan } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../../ports/unit-of-work.js';

const VALID_MS = 24 * 3_600_000;

/**
 * What speaks against a plan of production that has gone just now: nobody who is an sre at this
 * instant has agreed to exactly this within a day.
 */
export async function brokenApproval(
  unit: UnitOfWork,
  plan: Plan,
  now: Date,
): Promise<readonly string[]> {
  const { planClass, type, repairOf } = plan;
  const isCovered = planClass === 'repair' && repairOf !== undefined;
  const isWayBack = type === 'rollback' && !isChange(planClass);
  if (isWayBack || planClass === 'automatic_rollback' || isCovered) return [];
  const consumed = await unit.approvals.consumedBy([plan.id]);
  const people = await unit.people.getMany(consumed.map(({ by }) => by));
  const holds = consumed.some(({ by, digest, at, withdrawnAt }) => {
    const isSre = people.some(({ name, roles }) => name === by && roles.includes('sre'));
    const isValid = now.getTime() - Date.parse(at) < VALID_MS && withdrawnAt === undefined;
    return isSre && isValid && digest === plan.digest;
  });
  return holds ? [] : ['its gate: no sre has agreed to what it brings'];
}
