import type { Deployment } from '@apollo-deploy/domain';
import type { DeploymentPlace } from '../ports/deployment-repository.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** So far back it is looked for what ended in one way. */
const REMEMBERED = 200;

/** The deployments that COMPLETED at a place, the newest first; 200 at most. */
export function completedAt(
  unit: UnitOfWork,
  place: DeploymentPlace,
): Promise<readonly Deployment[]> {
  return endedAt(unit, place, 'completed');
}

/** The deployments that were taken back at a place, the newest first; 200 at most. */
export function rolledBackAt(
  unit: UnitOfWork,
  place: DeploymentPlace,
): Promise<readonly Deployment[]> {
  return endedAt(unit, place, 'rolled_back');
}

async function endedAt(
  unit: UnitOfWork,
  { service, environment }: DeploymentPlace,
  status: 'completed' | 'rolled_back',
): Promise<readonly Deployment[]> {
  const filter = { service, environment, status };
  return (await unit.deployments.list(filter, { limit: REMEMBERED })).items;
}
