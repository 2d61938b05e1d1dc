import type { BuiltInConstraint } from './constraint-kind.js';
import { type ConstraintResult, SATISFIED } from './constraint.js';
import type { PlanFacts } from './plan-facts.js';
import type { KnownViolation } from './violation-codes.js';

/**
 * Holds back a change to an entity in error that is no remedy: the very content that runs, once more.
 * Other content is a remedy, and so is another try that a person asked for, or that a back-off after a failure allows.
 */
export const health: BuiltInConstraint = {
  kind: 'health',
  description: 'The entity is not in error, or the plan is a remedy.',
  row: 'health',
  evaluate({ entity }: PlanFacts): ConstraintResult {
    const { name, trouble, bringsWhatRuns, askedFor } = entity;
    if (trouble === '' || !bringsWhatRuns || askedFor) {
      return SATISFIED;
    }
    const violation: KnownViolation = {
      code: 'health',
      message: `${name} is in error (${trouble}) and this plan brings the content that runs already; bring another release or other values`,
      data: { entity: name, trouble },
    };
    return { satisfied: false, violations: [violation], metadata: {} };
  },
};
