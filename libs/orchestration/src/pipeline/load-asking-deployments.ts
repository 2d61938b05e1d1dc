import { type Deployment, type DeploymentTarget, type Plan } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { isSince } from './is-since.js';

/**
 * The deployments under way that asked for these plans, by the ids of the plans; of a plan that none of
 * them asked for there is nothing. One statement, however many plans there are.
 */
export async function loadAskingDeployments(
  unit: Pick<UnitOfWork, 'deployments'>,
  plans: readonly Plan[],
): Promise<ReadonlyMap<string, Deployment>> {
  const places = new Map(
    plans.map(({ product: service, environment }) => [
      JSON.stringify([service, environment]),
      { service, environment },
    ]),
  );
  if (places.size === 0) return new Map();
  const underWay = await unit.deployments.underWayAt([...places.values()]);
  return new Map(
    plans.flatMap((plan) => {
      const asking = underWay.find((deployment) => asksFor(deployment, plan));
      return asking === undefined ? [] : [[plan.id, asking] as const];
    }),
  );
}

function asksFor(deployment: Deployment, plan: Plan): boolean {
  return deployment.targets.some(
    (target) =>
      target.entity === plan.entity &&
      (target.planId === plan.id || isBroughtBy(deployment, target, plan)),
  );
}

/** Also before whoever follows the deployment has seen the plan. A repair and a way back are nobody's wish. */
function isBroughtBy({ chartSha256 }: Deployment, target: DeploymentTarget, plan: Plan): boolean {
  return (
    target.startedAt !== undefined &&
    isSince(plan, target) &&
    plan.content.chart?.sha256 === chartSha256 &&
    plan.planClass !== 'automatic_rollback' &&
    plan.planClass !== 'repair'
  );
}
