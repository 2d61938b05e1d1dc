import type { Deployment, DeploymentTarget, Entity } from '@apollo-deploy/domain';
import { canonicalJson, jsonDigest } from '@apollo-deploy/kernel';

/** Whether what an entity is to run is what a deployment has said there, and nobody something else since. */
export function isStillDesired(
  { wish }: Pick<Deployment, 'wish'>,
  { values }: Pick<DeploymentTarget, 'values'>,
  entity: Pick<Entity, 'desired' | 'values'>,
): boolean {
  if (canonicalJson({ ...entity.desired }) !== canonicalJson({ ...wish })) return false;
  return values === undefined || jsonDigest(entity.values) === jsonDigest(values);
}
