import {
  backPortOwed,
  type BreakGlass,
  type Deployment,
  runsNoMore,
  type ServicePlace,
} from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { DeploymentFilter } from '../ports/deployment-repository.js';
import { servicePlaces } from './service-places.js';

/** A hotfix that is still to be brought to environments below production. */
export interface OwedBackPort {
  readonly hotfix: Deployment;
  /** Where its version, or a newer one, does not run everywhere yet. */
  readonly missingIn: readonly string[];
  /** Since when it is owed: when the hotfix COMPLETED. RFC 3339. */
  readonly since: string;
}

/** What there is to say of the deployments of a service. */
export interface ServiceStatus {
  /** Absent: nothing was ever deployed. */
  readonly latest?: Deployment;
  /** The newest in each environment, in the order of their names. */
  readonly places: readonly Deployment[];
  /** In the order in which the hotfixes were asked for. */
  readonly backPorts: readonly OwedBackPort[];
  /** Where it has entities, and what each of them runs, as their spokes said last. */
  readonly runs: readonly ServicePlace[];
  /** Break-glasses that a second person has still to review, oldest first. */
  readonly reviews: readonly BreakGlass[];
}

/**
 * What became of the newest deployments of a service in the environments of the filter, and which of
 * its hotfixes owe something there. Of one that is asked for alone, those that were made there as well.
 * Nothing is told of what is outside of `environments`.
 */
export function readServiceStatus(
  context: Context,
  filter: Pick<DeploymentFilter, 'environment' | 'environments'> & { readonly service: string },
): Promise<ServiceStatus> {
  return context.store.transact(async (unit) => {
    const places = await unit.deployments.newestOfEach(filter);
    const latest = places.reduce<Deployment | undefined>(laterOf, undefined);
    const { service, environment, environments } = filter;
    const isSeen = (one: { readonly environment: string }): boolean =>
      environments?.includes(one.environment) ?? true;
    const isAsked = (one: { readonly environment: string }): boolean =>
      isSeen(one) && (environment === undefined || one.environment === environment);
    const running = (await servicePlaces(context, unit, service)).filter(isSeen);
    const owing = (await unit.deployments.owingBackPort(service)).filter(isSeen);
    const backPorts = owing.flatMap((hotfix) => owedBy(hotfix, running, environment));
    const reviews = (await unit.breakGlasses.owed([service])).filter(isAsked);
    const runs = running.filter(isAsked);
    return { places, backPorts, runs, reviews, ...(latest !== undefined && { latest }) };
  });
}

function laterOf(one: Deployment | undefined, other: Deployment): Deployment {
  if (one === undefined) return other;
  const order = Date.parse(one.deployedAt) - Date.parse(other.deployedAt);
  if (order === 0) return one.id > other.id ? one : other;
  return order > 0 ? one : other;
}

function owedBy(
  hotfix: Deployment,
  places: readonly ServicePlace[],
  environment: string | undefined,
): readonly OwedBackPort[] {
  if (runsNoMore(hotfix, places)) return [];
  const missingIn = backPortOwed(hotfix.toVersion, places);
  const isAsked =
    environment === undefined ||
    hotfix.environment === environment ||
    missingIn.includes(environment);
  if (missingIn.length === 0 || !isAsked) return [];
  return [{ hotfix, missingIn, since: hotfix.endedAt ?? hotfix.deployedAt }];
}
