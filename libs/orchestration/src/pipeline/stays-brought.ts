import { type Deployment, type DeploymentTarget, verdictOf } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { isRollback } from './is-rollback.js';
import { isStillDesired } from './is-still-desired.js';

/**
 * Whether what a deployment brought stays desired at an entity where it failed: its plan SUCCEEDED, and
 * nobody has seen that it does badly, or it went back to that, from what was given up.
 */
export async function staysBrought(
  unit: UnitOfWork,
  deployment: Deployment,
  target: DeploymentTarget,
): Promise<boolean> {
  const { state, planId, looks, stopped } = target;
  if (state !== 'failed' || planId === undefined || stopped !== undefined) return false;
  const plan = await unit.plans.get(planId);
  if (plan?.state !== 'SUCCEEDED') return false;
  const entity = await unit.entities.get(target.entity);
  if (entity === undefined || !isStillDesired(deployment, target, entity)) return false;
  return isRollback(deployment, target, plan) || verdictOf(looks) !== 'unhealthy';
}
