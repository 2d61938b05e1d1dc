import type { Deployment, DeploymentTarget, Entity } from '@apollo-deploy/domain';
import { jsonDigest } from '@apollo-deploy/kernel';

/**
 * Whether what an entity is to run is what a deployment under way has said there, and nobody something else
 * since. Until it ends that is its version, whatever it leaves the entity at.
 */
export function isStillDesired(
  { id, toVersion }: Pick<Deployment, 'id' | 'toVersion'>,
  { values, rollout }: Pick<DeploymentTarget, 'values' | 'rollout'>,
  entity: Pick<Entity, 'desired' | 'values' | 'rollout'>,
): boolean {
  if (!('version' in entity.desired) || entity.desired.version !== toVersion) return false;
  // Who changes anything of what is to run ends the strategy with that.
  if (rollout !== undefined && entity.rollout?.deployment !== id) return false;
  return values === undefined || jsonDigest(entity.values) === jsonDigest(values);
}
