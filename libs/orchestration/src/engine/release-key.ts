import type { Entity } from '@apollo-deploy/domain';

/** The key of a Helm release on a spoke, for maps within a batch; entities and states have the same. */
export function releaseKey({
  spoke,
  namespace,
  releaseName,
}: Pick<Entity, 'spoke' | 'namespace' | 'releaseName'>): string {
  return `${spoke}/${namespace}/${releaseName}`;
}
