import {
  ConstraintSet,
  evaluateConstraints,
  type Plan,
  type StoredConstraint,
} from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import { type LoadedFacts, loadFacts } from '../engine/load-facts.js';
import { classedPlan, planFactsOf } from '../engine/plan-facts.js';
import { replicaFacts } from '../engine/replica-facts.js';
import { scopeSubject } from '../engine/scope-subject.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/**
 * Those of the plans that a stored constraint holds at this instant: it is about them, means
 * something to plans of their class and is not met, and neither is all that is stored together, as
 * where another window of its layer is open.
 */
export async function plansHeldBy(
  context: Context,
  unit: UnitOfWork,
  constraint: StoredConstraint,
  plans: readonly Plan[],
): Promise<readonly Plan[]> {
  if (plans.length === 0) return [];
  const all = new ConstraintSet(await unit.constraints.all());
  const alone = new ConstraintSet([constraint], all);
  const names = plans.map(({ entity }) => entity);
  const loaded = await loadFacts(unit, names, replicaFacts(context), all);
  const factsOf = new Map(loaded.map((facts) => [facts.entityFacts.entity.name, facts]));
  return plans.filter((plan) => {
    const facts = factsOf.get(plan.entity);
    if (facts === undefined) throw new InvariantViolation(`plan ${plan.id} has no entity`);
    return [alone, all].every((set) => !isMet(set, facts, plan));
  });
}

function isMet(set: ConstraintSet, facts: LoadedFacts, plan: Plan): boolean {
  const { entityFacts, environment } = facts;
  const { entity, product } = entityFacts;
  const constraints = set.for(
    scopeSubject(entity, { product, environment }, plan.type),
    classedPlan(facts, plan),
  );
  // What is stored does not ask who wanted the plan, nor for holds and suppressions by failures.
  const constrained = { ...plan, askedFor: false, restraints: {} };
  return evaluateConstraints(constraints, planFactsOf(facts, constrained)).satisfied;
}
