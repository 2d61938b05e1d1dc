import type { Deployment, DeploymentTarget, Plan } from '@apollo-deploy/domain';

/**
 * Whether a plan of a deployment goes back, or what somebody else brought for it (without one). What was
 * gone back to is never taken back itself, save from half-way.
 */
export function isRollback(
  { kind }: Pick<Deployment, 'kind'>,
  { rollout }: Pick<DeploymentTarget, 'rollout'>,
  plan: Pick<Plan, 'type'> | undefined,
): boolean {
  return rollout === undefined && (kind === 'rollback' || plan?.type === 'rollback');
}
