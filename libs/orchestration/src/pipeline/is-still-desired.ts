import type { Deployment, DeploymentTarget, Entity } from '@apollo-deploy/domain';
import { canonicalJson, jsonDigest } from '@apollo-deploy/kernel';

/** Whether what an entity is to run is what a deployment has said there, and nobody something else since. */
export function isStillDesired(
  { id, wish }: Pick<Deployment, 'id' | 'wish'>,
  { values, rollout }: Pick<DeploymentTarget, 'values' | 'rollout'>,
  entity: Pick<Entity, 'desired' | 'values' | 'rollout'>,
): boolean {
  if (canonicalJson({ ...entity.desired }) !== canonicalJson({ ...wish })) return false;
  // Who changes anything of what is to run ends the strategy with that.
  if (rollout !== undefined && entity.rollout?.deployment !== id) return false;
  return values === undefined || jsonDigest(entity.values) === jsonDigest(values);
}
