import type { DeploymentTarget } from './deployment.js';
import type { TargetFacts } from './target-facts.js';
import { RAN_ALREADY, ranAlready } from './target-progress.js';

/**
 * A target that was found healthy, as it is to be followed while its deployment goes on elsewhere. Once its
 * spoke calls it ill it is `deployed` again and looked at from the first look on, so that no wave begins
 * and nothing is completed before that is decided. It stays healthy where its spoke is not heard, where
 * somebody wants something else there by now, and while a plan changes what runs.
 */
export function lookedAtAgain(
  target: DeploymentTarget,
  { spoke, health, otherWishBy, changedBy }: TargetFacts,
  now: Date,
): DeploymentTarget {
  const isIll = spoke === 'heard' && health.ill === true;
  if (target.state !== 'healthy' || !isIll) return target;
  if (otherWishBy !== undefined || changedBy !== undefined) return target;
  const ill = { ...target, state: 'deployed', looks: [], fellIllAt: now.toISOString() } as const;
  // What was said of how it does is so no more.
  return ranAlready(target) ? { ...ill, note: RAN_ALREADY } : ill;
}
