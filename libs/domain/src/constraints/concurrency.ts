import type { TabledConstraint } from './applicability.js';
import { type ConstraintResult, SATISFIED } from './constraint.js';
import type { PlanFacts } from './plan-facts.js';
import type { KnownViolation } from './violation-codes.js';

/** Holds while fewer plans execute in the environment than it allows at once. */
export const concurrency: TabledConstraint = {
  kind: 'concurrency',
  row: 'concurrency',
  evaluate({ environment }: PlanFacts): ConstraintResult {
    const { name, maxConcurrent, executing } = environment;
    if (maxConcurrent === undefined || executing < maxConcurrent) {
      return SATISFIED;
    }
    return {
      satisfied: false,
      violations: [
        {
          code: 'concurrency',
          message: `${String(executing)} of ${String(maxConcurrent)} plans already execute in ${name}; this one goes when one of them ends`,
          data: { environment: name, executing, maxConcurrent },
        } satisfies KnownViolation,
      ],
      metadata: {},
    };
  },
};
