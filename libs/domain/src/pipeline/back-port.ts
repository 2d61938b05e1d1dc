import { isLowerTier, type Tier } from '../catalog/environment.js';
import type { Deployment } from './deployment.js';
import { isNewer } from './version-before.js';

/** Where a service has entities, and what each of them runs. */
export interface ServicePlace {
  readonly environment: string;
  readonly tier: Tier;
  /** `null`: nothing, as far as is known. */
  readonly running: readonly (string | null)[];
  /** All that runs there is Healthy, as far as is known. */
  readonly healthy: boolean;
}

/**
 * A hotfix that COMPLETED, was not taken back and has not been brought to what is below production, as far
 * as is known.
 */
export function owesBackPort({
  kind,
  status,
  backPortedAt,
  takenBackAt,
}: Pick<Deployment, 'kind' | 'status' | 'backPortedAt' | 'takenBackAt'>): boolean {
  if (kind !== 'hotfix' || status !== 'completed') return false;
  return backPortedAt === undefined && takenBackAt === undefined;
}

/**
 * Whether what a hotfix brought runs no more where it went: all that is to run there is known, and older.
 * What is newer has it. `places` are all that there are of its service.
 */
export function runsNoMore(
  { environment, toVersion }: Pick<Deployment, 'environment' | 'toVersion'>,
  places: readonly ServicePlace[],
): boolean {
  const there = places.find((place) => place.environment === environment);
  const isOlder = (running: string | null): boolean =>
    running !== null && isNewer(toVersion, running);
  return there === undefined || there.running.every(isOlder);
}

/**
 * The environments below production that a hotfix is still to be brought to: those in which an entity
 * of the service does not run its version or a newer one, Healthy. Brought to all of them, it has been
 * back-ported.
 */
export function backPortOwed(
  toVersion: string,
  places: readonly ServicePlace[],
): readonly string[] {
  const has = (running: string | null): boolean =>
    running !== null && (running === toVersion || isNewer(running, toVersion));
  return places
    .filter(({ tier }) => isLowerTier(tier, 'production'))
    .filter(({ running, healthy }) => !(healthy && running.every(has)))
    .map(({ environment }) => environment);
}
