import type { Constraint, ConstraintResult } from './constraint.js';
import type { PlanFacts } from './plan-facts.js';

/**
 * Asks every constraint, with no short cut: people see all reasons at once. Violations come in the
 * order of the constraints; satisfied only if all are. `recheckAt` is the earliest of theirs.
 */
export function evaluateConstraints(
  constraints: readonly Constraint[],
  facts: PlanFacts,
): ConstraintResult {
  const results = constraints.map((constraint) => constraint.evaluate(facts));
  const instants = results.flatMap(({ recheckAt }) => recheckAt ?? []).sort();
  return {
    satisfied: results.every(({ satisfied }) => satisfied),
    violations: results.flatMap(({ violations }) => violations),
    metadata: {},
    ...(instants[0] !== undefined && { recheckAt: instants[0] }),
  };
}
