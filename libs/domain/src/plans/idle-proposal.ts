import type { Release } from '../catalog/release.js';
import type { TargetSelection } from '../catalog/choose-release.js';
import { valuesDigest } from '../catalog/values-digest.js';
import { desiredValues } from '../strategies/rollout.js';
import { isHeld } from '../holds/held-target.js';
import { valuesOf } from './plan-content.js';
import type { EntityFacts, IdleCode, Proposal } from './proposal.js';
import type { Situation } from './types/plan-type-rule.js';

/** Says that there is nothing to do, and why. */
export type SayNothing = (code: IdleCode, why: string) => Proposal;

/** No plan type has anything to do: how what runs does. */
export function idle(
  facts: EntityFacts,
  situation: Situation,
  wanted: TargetSelection,
  nothing: SayNothing,
): Proposal {
  const { reported, target, comparison } = situation;
  if (target === null || reported === null) {
    return nothing('absent_as_desired', 'it is absent, as desired');
  }
  if (comparison === 'newer') {
    return nothing(
      'target_below_reported',
      `${reported.version} runs and the target is ${target.version}; a channel or a range alone never goes down: pin the entity to version ${target.version} to go back to it`,
    );
  }
  const runs = `${target.version} runs as ${heldOrDesired(facts, target, wanted)}`;
  if (reported.health === 'Degraded' || reported.health === 'Missing') {
    return nothing(
      'unhealthy',
      `${runs} but is ${reported.health}: ${reported.message ?? reported.reason ?? 'see its expected state'}`,
    );
  }
  return nothing('up_to_date', runs);
}

/** Why it runs as it does; what is held says what is wanted instead. */
function heldOrDesired(facts: EntityFacts, target: Release, wanted: TargetSelection): string {
  if (!isHeld(facts)) return 'desired';
  if (wanted.kind === 'none') return 'held';
  if (wanted.kind === 'absent') return 'held (it is to be absent)';
  const { version } = wanted.release;
  if (version !== target.version) return `held (${version} is wanted)`;
  const { chart } = target;
  const desired = desiredValues(facts.entity, chart.sha256);
  const sameValues = valuesDigest(desired) === valuesDigest(valuesOf(facts, target));
  return sameValues ? 'desired' : 'held (other values are wanted)';
}
