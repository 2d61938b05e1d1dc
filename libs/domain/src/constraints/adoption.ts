import type { BuiltInConstraint } from './constraint-kind.js';
import { type ConstraintResult, SATISFIED } from './constraint.js';
import type { PlanFacts } from './plan-facts.js';
import type { KnownViolation } from './violation-codes.js';

/**
 * Holds back every plan for a release that Apollo did not make, until a person lets one take it over:
 * its spoke would refuse it. So it stands in the row of what a spoke has to be ready for.
 */
export const adoption: BuiltInConstraint = {
  kind: 'adoption',
  description: 'The release is the work of Apollo, or the plan adopts it because a person said so.',
  row: 'spoke_ready',
  evaluate({ content, entity, spoke }: PlanFacts): ConstraintResult {
    const { name, foreignRelease: release } = entity;
    if (release === undefined || content.adopt === true) return SATISFIED;
    const violation: KnownViolation = {
      code: 'adoption',
      message: `release ${release} on spoke ${spoke.name} was not made by Apollo; let the next plan of ${name} adopt it (PUT /api/v1/entities/${name}/adoption), or install under another release name`,
      data: { entity: name, release, spoke: spoke.name },
    };
    return { satisfied: false, violations: [violation], metadata: {} };
  },
};
