import {
  type ConstraintResult,
  type ConstraintSet,
  evaluateConstraints,
  type Plan,
  type ProposedPlan,
  type ViolationCode,
} from '@apollo-deploy/domain';
import { type JudgedApproval, judgeApproval } from '../approvals/judge-approval.js';
import type { GatedFacts } from '../approvals/load-gates.js';
import { turnRequests, type TurnedRequests } from '../approvals/turn-requests.js';
import { laterThan } from './later-than.js';
import { constraintsOn, planFactsOf } from './plan-facts.js';

/** How soon a plan is judged again by itself to which nobody can agree, in milliseconds; once. */
const SECOND_LOOK_MS = 60_000;

/** A proposed plan with what the constraints and the people who are asked say of it now. */
export interface JudgedPlan {
  readonly plan: ProposedPlan;
  /** Of constraints and gates together. */
  readonly result: ConstraintResult;
  /** Absent where no plan waits for anybody. */
  readonly approval?: JudgedApproval & TurnedRequests;
}

/** What constraints and gates say of a proposed plan, each for itself, and when to ask them again. */
export function judgePlan(set: ConstraintSet, facts: GatedFacts, plan: ProposedPlan): JudgedPlan {
  const { now } = facts.surroundings.presence;
  const asked = evaluateConstraints(constraintsOn(set, facts, plan), planFactsOf(facts, plan));
  const judged = judgeApproval(facts, plan, now);
  const result = judged === undefined ? asked : together(asked, judged);
  const turned = judged && turnRequests(judged, result.violations);
  // A newer release that is passed over only for now is looked at again when its time comes.
  const waits = [
    ...[result, ...result.violations, ...(turned === undefined ? [] : [turned])],
    ...secondLook(facts, result),
  ];
  const [recheckAt] = [...waits, ...plan.passedOver.flatMap(({ violations }) => violations)]
    .flatMap((one) => one.recheckAt ?? [])
    .sort();
  return {
    plan,
    result: recheckAt === undefined ? result : { ...result, recheckAt: laterThan(now, recheckAt) },
    ...(judged !== undefined && turned !== undefined && { approval: { ...judged, ...turned } }),
  };
}

/**
 * Somebody who can agree may be named after the people were read here and before this plan is stored:
 * that wakes the plans which wait for it then, and not this one.
 */
function secondLook(
  { entityFacts: { openPlan }, surroundings: { presence } }: GatedFacts,
  result: ConstraintResult,
): readonly Pick<ConstraintResult, 'recheckAt'>[] {
  const isKnown = openPlan !== undefined && isUnsatisfiable(openPlan);
  if (isKnown || !isUnsatisfiable(result)) return [];
  return [{ recheckAt: new Date(presence.now.getTime() + SECOND_LOOK_MS).toISOString() }];
}

function isUnsatisfiable({ violations }: Pick<Plan, 'violations'>): boolean {
  return violations.some(({ code }) => code === ('gate_unsatisfiable' satisfies ViolationCode));
}

function together(asked: ConstraintResult, judged: JudgedApproval): ConstraintResult {
  const violations = [...asked.violations, ...judged.violations];
  const noted = [...(asked.noted ?? []), ...judged.noted];
  const [recheckAt] = [asked, judged].flatMap((one) => one.recheckAt ?? []).sort();
  const [windowEnd] = [asked, judged].flatMap((one) => one.windowEnd ?? []).sort();
  return {
    ...asked,
    satisfied: asked.satisfied && judged.violations.length === 0,
    violations,
    ...(noted.length > 0 && { noted }),
    ...(recheckAt !== undefined && { recheckAt }),
    ...(windowEnd !== undefined && { windowEnd }),
  };
}
