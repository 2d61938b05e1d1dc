import {
  type Deployment,
  type DeploymentTarget,
  desiredValues,
  type TargetFacts,
  verdictOf,
} from '@apollo-deploy/domain';
import { jsonDigest } from '@apollo-deploy/kernel';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** So many deployments of the service there, the newest, are looked through. */
const LOOKED_THROUGH = 50;

/**
 * Adds to what is known of entities that already run what a deployment brings, whether the newest one
 * before it that looked how exactly that does there, chart and values, found it well. What is further
 * back, or was brought by no deployment, is not known to do well.
 */
export async function withProven(
  unit: UnitOfWork,
  deployment: Deployment,
  facts: ReadonlyMap<string, TargetFacts>,
): Promise<ReadonlyMap<string, TargetFacts>> {
  const there = deployment.targets.filter((target) => isThere(target, facts.get(target.entity)));
  if (there.length === 0) return facts;
  const { service, environment, chartSha256 } = deployment;
  const { items } = await unit.deployments.list(
    { service, environment },
    { limit: LOOKED_THROUGH },
  );
  const same = items.filter((one) => one.chartSha256 === chartSha256 && one.id !== deployment.id);
  const known = new Map(facts);
  for (const { entity } of there) {
    const about = facts.get(entity);
    const before = newestLooked(same, entity);
    if (about === undefined || before?.state !== 'healthy') continue;
    if (await broughtTheSame(unit, before, chartSha256))
      known.set(entity, { ...about, proven: true });
  }
  return known;
}

function isThere({ state }: DeploymentTarget, about: TargetFacts | undefined): boolean {
  return state === 'started' && about?.plan === undefined && about?.runsIt === true;
}

/** One that found it there, and looked no further, says nothing that was not known. */
function newestLooked(
  deployments: readonly Deployment[],
  entity: string,
): DeploymentTarget | undefined {
  return deployments
    .flatMap(({ targets }) => targets.filter((target) => target.entity === entity))
    .find(
      (target) =>
        verdictOf(target.looks) === 'unhealthy' ||
        (target.planId !== undefined && CAME_OUT.includes(target.state)),
    );
}

const CAME_OUT: readonly DeploymentTarget['state'][] = ['healthy', 'failed', 'rolled_back'];

/** The values may have been changed since. */
async function broughtTheSame(
  unit: UnitOfWork,
  { entity: name, planId }: DeploymentTarget,
  chartSha256: string,
): Promise<boolean> {
  const entity = await unit.entities.get(name);
  const plan = planId === undefined ? undefined : await unit.plans.get(planId);
  if (entity === undefined || plan === undefined) return false;
  return plan.content.valuesDigest === jsonDigest(desiredValues(entity, chartSha256));
}
