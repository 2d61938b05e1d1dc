import type { InvariantViolation, Json } from '@apollo-deploy/kernel';
import type { PlanFacts } from './plan-facts.js';
import type { Noted, Violation } from './violation.js';

export interface ConstraintResult {
  readonly satisfied: boolean;
  readonly violations: readonly Violation[];
  readonly metadata: Readonly<Record<string, Json>>;
  /** What people are told although it holds nothing; absent if there is nothing. */
  readonly noted?: readonly Noted[];
  /** When the answer may change by time alone; absent if it cannot. */
  readonly recheckAt?: string;
  /** Satisfied: from this instant on windows no longer let the plan begin; absent if none shuts. */
  readonly windowEnd?: string;
  /** Bugs that constraints met, which their violations tell of; absent if there were none. */
  readonly faults?: readonly InvariantViolation[];
}

/** Nothing is against the plan, and time alone does not change that. */
export const SATISFIED: ConstraintResult = { satisfied: true, violations: [], metadata: {} };

/** A condition that must hold before a plan may run. Pure: time comes with the facts. */
export interface Constraint {
  readonly kind: string;
  /** What people call it; absent where nobody gave it a name. */
  readonly name?: string;
  evaluate(facts: PlanFacts): ConstraintResult;
}
