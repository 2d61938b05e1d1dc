import { InvariantViolation } from '@apollo-deploy/kernel';
import type { Constraint, ConstraintResult } from './constraint.js';
import type { PlanFacts } from './plan-facts.js';
import type { KnownViolation } from './violation-codes.js';

/**
 * What a constraint says of a plan. One that throws has a bug: it holds the plan, by its name, and what
 * it threw stands in `faults`; other constraints and other plans never notice.
 */
export function askConstraint(constraint: Constraint, facts: PlanFacts): ConstraintResult {
  try {
    return constraint.evaluate(facts);
  } catch (error) {
    return failed(constraint, error);
  }
}

function failed({ kind, name }: Constraint, cause: unknown): ConstraintResult {
  const who = name === undefined ? kind : `${kind} ${JSON.stringify(name)}`;
  const why = cause instanceof Error ? cause.message : String(cause);
  const violation: KnownViolation = {
    code: 'constraint_failed',
    message: `constraint ${who} met a bug and could not say whether this plan may go (${why}); report it with the hub's log`,
    data: { kind, name: name ?? null },
  };
  const fault = new InvariantViolation(`constraint ${who} met a bug: ${why}`, { cause });
  return { satisfied: false, violations: [violation], metadata: {}, faults: [fault] };
}
