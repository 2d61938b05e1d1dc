import type { Deployment, DeploymentTarget, Plan } from '@apollo-deploy/domain';

/**
 * Whether a plan of a deployment goes back. What one brought is never taken back itself, save from
 * half-way.
 */
export function isRollback(
  { kind }: Pick<Deployment, 'kind'>,
  { rollout }: Pick<DeploymentTarget, 'rollout'>,
  { type }: Pick<Plan, 'type'>,
): boolean {
  return rollout === undefined && (kind === 'rollback' || type === 'rollback');
}
