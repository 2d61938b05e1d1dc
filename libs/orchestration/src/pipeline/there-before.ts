import type { DeploymentTarget } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** More plans than an entity gets while a clock is off; older ones are told from newer ones by their instants. */
const KEPT_MAX = 200;

/**
 * What is there when a deployment begins at an entity (`startedAt`, RFC 3339) and is of later by the clock, as
 * that was set back since: plans, and what the last evaluation said. None of it is of the deployment.
 */
export async function thereBefore(
  unit: UnitOfWork,
  entity: string,
  startedAt: string,
): Promise<Pick<DeploymentTarget, 'plansBefore' | 'evaluatedBefore'>> {
  const found = await unit.plans.recentOf([{ entity, from: startedAt }], KEPT_MAX);
  const [word] = await unit.evaluations.getMany([entity]);
  const isLater = word !== undefined && word.at >= startedAt;
  return {
    ...(found.length > 0 && { plansBefore: found.map(({ id }) => id) }),
    ...(isLater && { evaluatedBefore: word.at }),
  };
}
