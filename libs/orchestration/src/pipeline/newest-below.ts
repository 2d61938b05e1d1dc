import {
  isLowerTier,
  isNewer,
  newestOf,
  recallOf,
  refusal,
  type Refusal,
  runningVersion,
  standingVersions,
  takenBackVersions,
} from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import type { DeploymentPlace } from '../ports/deployment-repository.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { completedAt, rolledBackAt } from './completed-at.js';
import { loadService } from './load-service.js';

/**
 * What a hotfix brings that names no version: the newest that COMPLETED below production and is not
 * recalled; only one that brings something newer, and goes below nothing that runs or is on its way by a
 * hotfix. What was taken back is passed over, below and in the place itself. Refused with
 * `catalog/release_not_found`, which names what was passed over.
 *
 * @param place of tier production.
 */
export async function newestBelow(
  context: Context,
  unit: UnitOfWork,
  place: DeploymentPlace,
): Promise<Result<string, Refusal>> {
  const { service, environment } = place;
  const recalls = await unit.recalls.ofProducts([service]);
  const running = (await loadService(context, unit, service, [environment])).flatMap(
    ({ reported }) => runningVersion(reported?.release ?? null) ?? [],
  );
  const underWay = await unit.deployments.underWayAt([place]);
  const hotfixes = underWay.filter(({ kind }) => kind === 'hotfix');
  const floor = [...running, ...hotfixes.map(({ toVersion }) => toVersion)];
  const newer = (await standingBelow(unit, service))
    .filter((version) => recallOf(recalls, version) === undefined)
    .filter((version) => !floor.some((one) => isNewer(one, version)))
    .filter((version) => running.length === 0 || running.some((one) => isNewer(version, one)));
  const takenBack = await takenBackAt(unit, place);
  const version = newestOf(newer.filter((one) => !takenBack.has(one)));
  return version === undefined ? err(nothingBelow(place, newer)) : ok(version);
}

/** The versions that COMPLETED below production; none that a rollback has gone past in one place since. */
async function standingBelow(unit: UnitOfWork, service: string): Promise<readonly string[]> {
  const homes = await unit.entities.environmentsOf([service]);
  const environments = await unit.environments.getMany(homes.map((home) => home.environment));
  const lower = environments.filter(({ tier }) => isLowerTier(tier, 'production'));
  const standing = new Set<string>();
  const takenBack = new Set<string>();
  for (const { name: environment } of lower) {
    const items = await completedAt(unit, { service, environment });
    const stands = new Set(standingVersions(items));
    for (const { toVersion } of items) {
      (stands.has(toVersion) ? standing : takenBack).add(toVersion);
    }
  }
  return [...standing].filter((version) => !takenBack.has(version));
}

async function takenBackAt(unit: UnitOfWork, place: DeploymentPlace): Promise<ReadonlySet<string>> {
  const ended = [...(await completedAt(unit, place)), ...(await rolledBackAt(unit, place))];
  ended.sort((one, other) => Date.parse(other.deployedAt) - Date.parse(one.deployedAt));
  return takenBackVersions(ended);
}

/** @param passedOver what would have been brought, had it not been taken back there. */
function nothingBelow(
  { service, environment }: DeploymentPlace,
  passedOver: readonly string[],
): Refusal {
  const nothing = `no version of ${service} that is newer than what runs in ${environment} has completed below production and was not taken back since`;
  const but =
    passedOver.length === 0
      ? ''
      : `: ${passedOver.join(' and ')} completed below, but was taken back in ${environment}, and is brought again only if it is named`;
  const detail = `${nothing}${but}; name the version that has the fix, or deploy it to dev first (POST /deploy)`;
  return refusal('catalog/release_not_found', detail, { field: 'version' });
}
