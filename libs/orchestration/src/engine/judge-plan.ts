import {
  type ConstraintResult,
  type ConstraintSet,
  evaluateConstraints,
  type ProposedPlan,
} from '@apollo-deploy/domain';
import { laterThan } from './later-than.js';
import type { LoadedFacts } from './load-facts.js';
import { constraintsOn, planFactsOf } from './plan-facts.js';

/** A proposed plan with what the constraints say of it now. */
export interface JudgedPlan {
  readonly plan: ProposedPlan;
  readonly result: ConstraintResult;
}

/** What the constraints say of a proposed plan, and when to ask them again. */
export function judgePlan(set: ConstraintSet, facts: LoadedFacts, plan: ProposedPlan): JudgedPlan {
  const result = evaluateConstraints(constraintsOn(set, facts, plan), planFactsOf(facts, plan));
  // A newer release that is passed over only for now is looked at again when its time comes.
  const [recheckAt] = [result, ...plan.passedOver.flatMap(({ violations }) => violations)]
    .flatMap((one) => one.recheckAt ?? [])
    .sort();
  if (recheckAt === undefined) return { plan, result };
  const { now } = facts.surroundings.presence;
  return { plan, result: { ...result, recheckAt: laterThan(now, recheckAt) } };
}
