import type { ReleaseTarget, TargetSelection } from '../catalog/choose-release.js';
import { valuesDigest } from '../catalog/values-digest.js';
import { desiredValues } from '../strategies/rollout.js';
import { isUnderWay } from './plan.js';
import type { EntityFacts, Proposal } from './proposal.js';
import { NO_RESTRAINTS } from './restraints.js';

/** Answers by target, for as long as anybody has the target. */
const answers = new WeakMap<ReleaseTarget, Proposal>();

/**
 * Whether what is desired is Healthy and nothing else is to be thought of, as with most entities at
 * most times; made to be asked of each. False also where it takes a closer look to tell.
 */
export function isSettled(facts: EntityFacts, wanted: TargetSelection): wanted is ReleaseTarget {
  const { entity, reported, openPlan } = facts;
  if (wanted.kind !== 'release') return false;
  const release = reported?.release;
  if (release == null || release.version !== wanted.release.version) return false;
  if (release.helmStatus !== 'deployed' || release.deployed !== undefined) return false;
  if (release.health !== 'Healthy' || release.drifted) return false;
  if (isSpokenFor(facts)) return false;
  if (openPlan !== undefined && isUnderWay(openPlan)) return false;
  return release.valuesDigest === valuesDigest(desiredValues(entity, wanted.release.chart.sha256));
}

/** Something else than what is desired has a say. */
function isSpokenFor({ entity, hold, suppression, rollbackDemand }: EntityFacts): boolean {
  if (hold !== undefined || suppression !== undefined) return true;
  return rollbackDemand !== undefined || entity.adopt === true;
}

/** Nothing is to be done: one answer for all that run the same target. */
export function settledAt(target: ReleaseTarget): Proposal {
  const known = answers.get(target);
  if (known !== undefined) return known;
  const answer: Proposal = Object.freeze({
    kind: 'nothing',
    target,
    restraints: NO_RESTRAINTS,
    code: 'up_to_date',
    why: `${target.release.version} runs as desired`,
  });
  answers.set(target, answer);
  return answer;
}
