import { isCoveredBy, type Plan } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/**
 * The plan whose approval covers this one, as `isCoveredBy` says; `undefined` for one that stands for
 * itself. A rollback that a person asked for names what it takes back, and stands for itself.
 */
export async function coveringPlan(
  unit: UnitOfWork,
  plan: Pick<Plan, 'planClass' | 'content' | 'repairOf' | 'rollbackOf'>,
): Promise<Plan | undefined> {
  const id = plan.repairOf ?? plan.rollbackOf;
  const other = id === undefined ? undefined : await unit.plans.get(id);
  return other !== undefined && isCoveredBy(plan, other) ? other : undefined;
}
