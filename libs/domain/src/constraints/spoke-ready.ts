import type { Constraint, ConstraintResult } from './constraint.js';
import type { PlanFacts } from './plan-facts.js';

/** Holds while the plan's spoke is there to take it: an offer is only made to a connected spoke. */
export const spokeReady: Constraint = {
  kind: 'spoke_ready',
  evaluate({ spoke }: PlanFacts): ConstraintResult {
    if (spoke.presence === 'connected') return { satisfied: true, violations: [], metadata: {} };
    const seen =
      spoke.lastSeenAt === undefined ? 'it has never connected' : `last seen ${spoke.lastSeenAt}`;
    return {
      satisfied: false,
      violations: [
        {
          code: 'spoke_ready',
          message: `spoke ${spoke.name} is ${spoke.presence} (${seen}); the plan goes when it is back`,
          data: {
            spoke: spoke.name,
            presence: spoke.presence,
            lastSeenAt: spoke.lastSeenAt ?? null,
          },
        },
      ],
      metadata: {},
    };
  },
};
