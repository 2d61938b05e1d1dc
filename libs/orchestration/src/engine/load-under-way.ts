import { type Deployment, type Entity, type EntityFacts, waveBefore } from '@apollo-deploy/domain';
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

/** What these deployments say of an entity that nobody has changed since they said so. */
export function underWayFor(
  entity: Entity,
  underWay: readonly Deployment[],
): Pick<EntityFacts, 'hotfix' | 'following' | 'waveBefore'> {
  const there = underWay.filter(
    ({ service, environment }) => service === entity.product && environment === entity.environment,
  );
  return {
    ...hotfixFor(entity, there),
    ...followedAt(entity, there),
    ...heldBackAt(entity, there),
  };
}

/** The plan that one of them follows there. */
function followedAt(
  entity: Entity,
  underWay: readonly Deployment[],
): Pick<EntityFacts, 'following'> {
  for (const deployment of underWay) {
    const target = deployment.targets.find((one) => one.entity === entity.name);
    if (target?.state !== 'executing' || target.planId === undefined) continue;
    if (entity.updatedAt !== target.startedAt) continue;
    if (!isStillDesired(deployment, target, entity)) continue;
    return { following: { deployment: deployment.id, planId: target.planId } };
  }
  return {};
}

/** Who of an earlier wave keeps the plans of one of them from going there. */
function heldBackAt(
  entity: Entity,
  underWay: readonly Deployment[],
): Pick<EntityFacts, 'waveBefore'> {
  for (const deployment of underWay) {
    const { id, targets } = deployment;
    const target = targets.find((one) => one.entity === entity.name);
    if (target === undefined || !isStillDesired(deployment, target, entity)) continue;
    const before = waveBefore(target, targets);
    if (before === undefined) continue;
    return { waveBefore: { deployment: id, entity: before.entity } };
  }
  return {};
}

/** What a hotfix among them brings there. */
function hotfixFor(entity: Entity, underWay: readonly Deployment[]): Pick<EntityFacts, 'hotfix'> {
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
