import type { DeploymentTarget } from './deployment.js';
import { nextLookAt, verdictOf } from './health-verdict.js';
import { askedAgainAt } from './take-look.js';
import type { TargetFacts } from './target-facts.js';

interface LookFacts {
  readonly now: Date;
  readonly settlingMs: number;
}

/**
 * When it is to be looked next how an entity does, from when its own plan has SUCCEEDED on; RFC 3339.
 * `undefined` = not by time alone: looks have decided, or there is nothing to look at, as its spoke is
 * not heard, or has said nothing since the look before, or as a plan changes what runs. What is bad has to be said anew to count again;
 * that it stays well goes without saying.
 */
export function nextLookOf(
  { state, looks, unseen }: DeploymentTarget,
  { spoke, health, changedBy }: Pick<TargetFacts, 'spoke' | 'health' | 'changedBy'>,
  { now, settlingMs }: LookFacts,
): string | undefined {
  if (state !== 'deployed' || verdictOf(looks) !== undefined) return undefined;
  if (spoke !== 'heard' || changedBy !== undefined) return undefined;
  const at = unseen === undefined ? nextLookAt(looks, settlingMs, now) : askedAgainAt(unseen);
  const last = looks.at(-1);
  const isNews = health.healthy || last === undefined || (health.heardAt ?? '') > last.at;
  return isNews || at > now.toISOString() ? at : undefined;
}
