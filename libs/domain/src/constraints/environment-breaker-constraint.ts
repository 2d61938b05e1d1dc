import { openBreaker } from '../suppressions/environment-breaker.js';
import type { BuiltInConstraint } from './constraint-kind.js';
import { SATISFIED } from './constraint.js';
import type { KnownViolation } from './violation-codes.js';

/** Holds while few enough entities of the environment are suppressed: many at once have one cause. */
export const environmentBreaker: BuiltInConstraint = {
  kind: 'environment_breaker',
  description:
    'Not more than max(5, 20 %) of the entities of the environment are suppressed after failures.',
  row: 'environment_breaker',
  evaluate({ now, environment }) {
    const breaker = openBreaker(environment, now);
    if (breaker === undefined) {
      return SATISFIED;
    }
    const { name, entities } = environment;
    const { suppressed, threshold, closesAt } = breaker;
    const violation = {
      code: 'environment_breaker',
      message: `${String(suppressed)} of ${String(entities)} entities in ${name} are suppressed after failures, more than the ${String(threshold)} that are let pass; nothing changes there until fewer are: look for what they have in common`,
      data: { environment: name, suppressed, entities, threshold },
      recheckAt: closesAt,
    } satisfies KnownViolation;
    return { satisfied: false, violations: [violation], metadata: {}, recheckAt: closesAt };
  },
};
