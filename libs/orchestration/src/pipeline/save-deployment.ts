import type { Deployment } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { DeploymentMoved } from './deployment-moved.js';

/** Keeps a deployment as it is now. Throws `DeploymentMoved` where somebody else wrote it since it was read. */
export async function saveDeployment(
  unit: UnitOfWork,
  deployment: Deployment,
): Promise<Deployment> {
  const saved = await unit.deployments.save(deployment);
  if (!saved.ok) throw new DeploymentMoved(deployment.id);
  return saved.value;
}
