import type { DeploymentTarget } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** More plans than an entity gets while a clock is off; older ones are told from newer ones by their instants. */
const KEPT_MAX = 200;

/**
 * The plans that are there when a deployment begins at an entity (`startedAt`, RFC 3339) and were made later
 * by the clock, as that was set back since. They are none of its own, whatever they bring.
 */
export async function plansBefore(
  unit: UnitOfWork,
  entity: string,
  startedAt: string,
): Promise<Pick<DeploymentTarget, 'plansBefore'>> {
  const found = await unit.plans.recentOf([{ entity, from: startedAt }], KEPT_MAX);
  return found.length === 0 ? {} : { plansBefore: found.map(({ id }) => id) };
}
