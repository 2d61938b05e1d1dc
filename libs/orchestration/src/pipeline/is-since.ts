import type { DeploymentTarget, Plan } from '@apollo-deploy/domain';

/** Made since the wave of a target began; where the clock was set back, its instant alone does not say so. */
export function isSince(
  { id, createdAt }: Plan,
  { startedAt = '', plansBefore = [] }: DeploymentTarget,
): boolean {
  return Date.parse(createdAt) >= Date.parse(startedAt) && !plansBefore.includes(id);
}
