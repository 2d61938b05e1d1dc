import type { Constraint } from '@apollo-deploy/domain';
import { judgeApproval, type PlanToApprove } from './judge-approval.js';
import type { GatedFacts } from './load-gates.js';

/**
 * The gates of a plan as a condition that can be asked about any instant, for when the plan can go.
 * `recheckAt` only where time is all that they still need.
 */
export function gateCondition(facts: GatedFacts, plan: PlanToApprove): Constraint {
  return {
    kind: 'approval',
    evaluate({ now }) {
      const violations = judgeApproval(facts, plan, now)?.violations ?? [];
      const instants = violations.flatMap(({ recheckAt }) => recheckAt ?? []).sort();
      const last = instants.length === violations.length ? instants.at(-1) : undefined;
      return {
        satisfied: violations.length === 0,
        violations,
        metadata: {},
        ...(last !== undefined && { recheckAt: last }),
      };
    },
  };
}
