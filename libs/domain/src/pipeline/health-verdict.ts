import type { HealthLook } from './deployment.js';

/** How often it is looked at least, over the settling time. */
const HEALTH_LOOKS = 3;
/** So many bad ones settle it before the last. */
const BAD_LOOKS_MAX = 2;

/**
 * What looks at a service amount to; `undefined` = it is to be looked again. One look alone decides nothing:
 * where the last is the first bad one, another follows it.
 */
export function verdictOf(looks: readonly HealthLook[]): 'healthy' | 'unhealthy' | undefined {
  const bad = looks.filter(({ healthy }) => !healthy).length;
  if (bad >= BAD_LOOKS_MAX) return 'unhealthy';
  if (looks.length < HEALTH_LOOKS) return undefined;
  return looks.at(-1)?.healthy === true ? 'healthy' : undefined;
}

/**
 * When the next look is due: at once, then a half of the settling time after the one before, so that
 * looks are never closer together, also after nobody looked for long. RFC 3339.
 */
export function nextLookAt(looks: readonly HealthLook[], settlingMs: number, now: Date): string {
  const last = looks.at(-1);
  if (last === undefined) return now.toISOString();
  return new Date(Date.parse(last.at) + settlingMs / (HEALTH_LOOKS - 1)).toISOString();
}
