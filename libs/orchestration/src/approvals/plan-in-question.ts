import { type Plan, planDigest, proposePlan, refusal, type Refusal } from '@apollo-deploy/domain';
import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import type { ConstraintCache } from '../engine/constraint-cache.js';
import { loadFacts } from '../engine/load-facts.js';
import { constraintsOn, type ConstrainedPlan } from '../engine/plan-facts.js';
import { planNotFound } from '../engine/plan-refusals.js';
import { replicaFacts } from '../engine/replica-facts.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { type JudgedApproval, judgeApproval } from './judge-approval.js';
import { type GatedFacts, loadGates } from './load-gates.js';

/** A plan about which somebody says yes or no, as it is at that instant. */
export interface PlanInQuestion {
  readonly plan: Plan;
  readonly facts: GatedFacts;
  /** What would run now. */
  readonly proposed: ConstrainedPlan;
  readonly approval?: JudgedApproval;
  readonly constraints: ReturnType<typeof constraintsOn>;
}

/**
 * The plan, with its environment locked: nothing goes out there until the transaction has ended, so
 * that a word that was taken is a word that counts.
 */
export async function lockPlan(unit: UnitOfWork, planId: string): Promise<Result<Plan, Refusal>> {
  const found = await unit.plans.get(planId);
  if (found === undefined) return err(planNotFound(planId));
  await unit.environments.lock(found.environment);
  return ok((await unit.plans.get(planId)) ?? found);
}

/**
 * Loads what decides whether somebody's word on a plan that waits is heard. Refused with
 * `plan/not_ready` where other content, or nothing, is wanted by now; its entity is then evaluated.
 */
export async function loadInQuestion(
  context: Context,
  unit: UnitOfWork,
  constraints: ConstraintCache,
  plan: Plan,
): Promise<Result<PlanInQuestion, Refusal>> {
  const presence = replicaFacts(context);
  const set = await constraints.load(unit);
  const loaded = await loadFacts(unit, [plan.entity], presence, set);
  const [facts] = await loadGates(unit, loaded);
  if (facts === undefined) throw new InvariantViolation(`plan ${plan.id} has no entity`);
  const proposal = proposePlan(facts.entityFacts);
  if (proposal.kind === 'nothing' || planDigest(proposal.plan.content) !== plan.digest) {
    await unit.dirty.mark([plan.entity]);
    const detail = `plan ${plan.id} no longer fits what is desired and reported, and nothing was recorded; its entity is being evaluated again, look at the plan that is open for it then`;
    return err(refusal('plan/not_ready', detail));
  }
  const proposed = proposal.plan;
  const approval = judgeApproval(facts, proposed, presence.now);
  return ok({
    ...{ plan, facts, proposed, constraints: constraintsOn(set, facts, proposed) },
    ...(approval !== undefined && { approval }),
  });
}
