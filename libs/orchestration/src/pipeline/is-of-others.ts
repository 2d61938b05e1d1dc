import type { Deployment, DeploymentTarget, ReportedRelease } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/**
 * Whether what runs is somebody else's work and not the target's plan's. Helm's rollback copies the
 * labels of the revision that it goes back to, so a head may well name the older plan that brought the
 * same chart there first.
 */
export async function isOfOthers(
  unit: UnitOfWork,
  { chartSha256 }: Pick<Deployment, 'chartSha256'>,
  { entity, planId }: Pick<DeploymentTarget, 'entity' | 'planId'>,
  release: ReportedRelease | null | undefined,
): Promise<boolean> {
  const named = release?.planId;
  if (planId === undefined || named === undefined || named === planId) return false;
  const plan = await unit.plans.get(named);
  return plan?.entity !== entity || plan.content.chart?.sha256 !== chartSha256;
}
