import type { Deployment } from '@apollo-deploy/domain';
import type { DeploymentPlace } from '../ports/deployment-repository.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** So far back it is looked for what COMPLETED. */
const REMEMBERED = 200;

/** The deployments that COMPLETED at a place, the newest first; 200 at most. */
export async function completedAt(
  unit: UnitOfWork,
  { service, environment }: DeploymentPlace,
): Promise<readonly Deployment[]> {
  const filter = { service, environment, status: 'completed' } as const;
  return (await unit.deployments.list(filter, { limit: REMEMBERED })).items;
}
