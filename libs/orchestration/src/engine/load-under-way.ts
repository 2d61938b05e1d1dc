import type { Deployment, Entity, EntityFacts } from '@apollo-deploy/domain';
import { isStillDesired } from '../pipeline/is-still-desired.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import type { Destination } from './load-promotions.js';

/** Loads the deployments under way where these entities are, with one statement. */
export function loadUnderWay(
  unit: UnitOfWork,
  destinations: readonly Destination[],
): Promise<readonly Deployment[]> {
  return unit.deployments.underWayAt(
    destinations.map(({ entity }) => ({
      service: entity.product,
      environment: entity.environment,
    })),
  );
}

/** What a hotfix among them brings to an entity that nobody has changed since it said so. */
export function hotfixFor(
  entity: Entity,
  underWay: readonly Deployment[],
): Pick<EntityFacts, 'hotfix'> {
  for (const deployment of underWay) {
    if (deployment.kind !== 'hotfix') continue;
    const target = deployment.targets.find((one) => one.entity === entity.name);
    if (target?.state !== 'started' && target?.state !== 'executing') continue;
    if (entity.updatedAt !== target.startedAt) continue;
    if (!isStillDesired(deployment, target, entity)) continue;
    const { id, toVersion: version, chartSha256, breakGlass } = deployment;
    const breaksGlass = breakGlass !== undefined;
    return { hotfix: { deployment: id, version, chartSha256, breaksGlass } };
  }
  return {};
}
