import type { Deployment, DeploymentTarget, Plan } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import { declinePlan } from '../engine/decline-plan.js';
import { ENGINE } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { DeploymentMoved } from './deployment-moved.js';
import { backsUp, loadFreshBackups } from './fresh-backups.js';

/**
 * Declines the plan of a deployment that ends because its backup failed: else what was not to go without
 * one would go without one all the same, where a channel brings it, say. It waits for a person who asks
 * for it, or a change.
 */
export async function declineUnbacked(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
  { entity, planId, state, startedAt: since }: DeploymentTarget,
): Promise<void> {
  if (planId === undefined || since === undefined || state !== 'failed') return;
  if (!backsUp(deployment)) return;
  const plan = await unit.plans.get(planId);
  if (plan === undefined || !waits(plan) || plan.content.base === null) return;
  const { releaseDigest } = plan.content.base;
  const backups = await loadFreshBackups(unit, [{ entity, releaseDigest, since }]);
  const backup = backups.get(entity);
  if (backup?.status !== 'failed') return;
  const reason = `the backup by ${backup.by} failed: ${backup.detail ?? 'it did not say why'}`;
  const declined = await declinePlan(context, unit, ENGINE, plan, {
    ...{ cancelReason: 'cancelled', action: 'plan.cancel' },
    detail: { deployment: deployment.id, reason },
    why: `was cancelled: ${reason}`,
    message: `cancelled with deployment ${deployment.id}: ${reason}`,
  });
  if (!declined.ok) throw new DeploymentMoved(deployment.id);
}

function waits({ state }: Plan): boolean {
  return state === 'PENDING' || state === 'BLOCKED';
}
