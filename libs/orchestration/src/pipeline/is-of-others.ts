import type { Deployment, DeploymentTarget, Plan, ReportedRelease } from '@apollo-deploy/domain';

/** The plan that what runs names, where that is another one than the target's. */
export function otherPlanNamed(
  { planId }: Pick<DeploymentTarget, 'planId'>,
  release: Pick<ReportedRelease, 'planId'> | null | undefined,
): string | undefined {
  const named = release?.planId;
  return planId === undefined || named === planId ? undefined : named;
}

/**
 * Whether what runs is somebody else's work and not the target's plan's; `named` is the plan that it
 * names. Helm's rollback copies the labels of the revision that it goes back to, so a head may well name
 * the older plan that brought the same chart there first.
 */
export function isOfOthers(
  { chartSha256 }: Pick<Deployment, 'chartSha256'>,
  { entity }: Pick<DeploymentTarget, 'entity'>,
  named: Plan | undefined,
): boolean {
  return named?.entity !== entity || named.content.chart?.sha256 !== chartSha256;
}
