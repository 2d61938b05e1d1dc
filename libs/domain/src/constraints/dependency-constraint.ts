import type { TabledConstraint } from './applicability.js';
import { SATISFIED } from './constraint.js';
import { dependencyHealthViolations, dependencyRangeViolations } from './dependency.js';

/** What a plan's release needs is there, in range and running, and who needs it keeps what it needs. */
export const dependency: TabledConstraint = {
  kind: 'dependency',
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
