import { TIERS } from '../catalog/environment.js';
import type { ServicePlace } from './back-port.js';

/** The environments of the highest tier in which a service runs, in their order. */
export function highestPlaces(places: readonly Omit<ServicePlace, 'healthy'>[]): readonly string[] {
  const running = places.filter((place) => place.running.some((version) => version !== null));
  const highest = TIERS.findLast((tier) => running.some((place) => place.tier === tier));
  return running.filter(({ tier }) => tier === highest).map(({ environment }) => environment);
}
