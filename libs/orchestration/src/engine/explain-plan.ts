import {
  earliestAt,
  type Noted,
  type Plan,
  planDigest,
  type Proposal,
  proposePlan,
  type Refusal,
  type Violation,
} from '@apollo-deploy/domain';
import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import { gateCondition } from '../approvals/gate-condition.js';
import { loadGates } from '../approvals/load-gates.js';
import type { Context } from '../context.js';
import type { ConstraintCache } from './constraint-cache.js';
import { planNotFound } from './plan-refusals.js';
import { heldBySettling } from './keep-settling.js';
import { judgePlan } from './judge-plan.js';
import { loadFacts } from './load-facts.js';
import { constraintsOn, planFactsOf } from './plan-facts.js';
import { replicaFacts } from './replica-facts.js';
import { heldBySending } from './set-plan-aside.js';
import { heldBySigning } from './signer-for.js';
import { waitsForPerson } from './waits-for-person.js';

/** Why a plan has not gone out, as it is at the instant of the question. */
export interface PlanExplanation {
  readonly plan: Plan;
  /** It waits for a person to start it, besides what is unmet. */
  readonly manual: boolean;
  /**
   * What speaks against it now; nothing once it has gone out. Where nothing else does, also that this replica
   * cannot sign it: another one may.
   */
  readonly unmet: readonly Violation[];
  /** What speaks against it and does not hold it, because of what it is for. */
  readonly noted: readonly Noted[];
  /**
   * The first instant at which all constraints and gates hold together. Absent if none is unmet, if time alone
   * does not cure them, or if that is more than 400 days away. RFC 3339.
   */
  readonly earliestAt?: string;
}

/** Evaluates the constraints and gates of a PENDING or BLOCKED plan now, without changing anything. */
export async function explainPlan(
  context: Context,
  constraints: ConstraintCache,
  planId: string,
): Promise<Result<PlanExplanation, Refusal>> {
  return context.store.transact(async (unit) => {
    const plan = await unit.plans.get(planId);
    if (plan === undefined) return err(planNotFound(planId));
    if (plan.state !== 'PENDING' && plan.state !== 'BLOCKED') {
      return ok({ plan, manual: false, unmet: [], noted: [] });
    }
    const set = await constraints.load(unit);
    const presence = replicaFacts(context);
    const [facts] = await loadGates(unit, await loadFacts(unit, [plan.entity], presence, set));
    if (facts === undefined) throw new InvariantViolation(`plan ${planId} has no entity`);
    const proposal = proposePlan(facts.entityFacts);
    const manual = waitsForPerson(facts.environment, plan);
    if (proposal.kind === 'nothing' || planDigest(proposal.plan.content) !== plan.digest) {
      return ok({ plan, manual, unmet: unmetOutdated(plan, proposal), noted: [] });
    }
    const demanded = constraintsOn(set, facts, proposal.plan);
    const planFacts = planFactsOf(facts, proposal.plan);
    const { satisfied, violations, noted = [] } = judgePlan(set, facts, proposal.plan).result;
    const aside = satisfied ? heldBySending(plan) : [];
    const keyless = satisfied ? await heldBySigning(context, unit, plan) : [];
    const earliest = satisfied
      ? aside[0]?.recheckAt
      : earliestAt([...demanded, gateCondition(facts, proposal.plan)], planFacts);
    return ok({
      plan,
      manual,
      unmet: [...violations, ...aside, ...keyless],
      noted,
      ...(earliest !== undefined && keyless.length === 0 && { earliestAt: earliest }),
    });
  });
}

function unmetOutdated(plan: Plan, proposal: Proposal): readonly Violation[] {
  const isUpToDate = proposal.kind === 'nothing' && proposal.code === 'up_to_date';
  return (isUpToDate ? heldBySettling(plan) : undefined) ?? [outdated(proposal)];
}

/** What is desired or reported has changed since, and the next evaluation will see it. */
function outdated(proposal: Proposal): Violation {
  const why = proposal.kind === 'nothing' ? proposal.why : proposal.plan.reason;
  return {
    code: 'outdated',
    message: `the next evaluation replaces or withdraws it: ${why}`,
    data: {},
  };
}
