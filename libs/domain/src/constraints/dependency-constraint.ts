import type { BuiltInConstraint } from './constraint-kind.js';
import { SATISFIED } from './constraint.js';
import { dependencyHealthViolations, dependencyRangeViolations } from './dependency.js';

/** What a plan's release needs is there, in range and running, and who needs it keeps what it needs. */
export const dependency: BuiltInConstraint = {
  kind: 'dependency',
  description:
    'What the release declares to need is there, in range and healthy, and what depends on the entity keeps what it needs.',
  row: 'dependency',
  evaluate({ dependencies }) {
    if (dependencies === null) return SATISFIED;
    const violations = [
      ...dependencyRangeViolations(dependencies),
      ...dependencyHealthViolations(dependencies),
    ];
    return { satisfied: violations.length === 0, violations, metadata: {} };
  },
};
