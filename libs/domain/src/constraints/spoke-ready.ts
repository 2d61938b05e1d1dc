import type { TabledConstraint } from './applicability.js';
import { type ConstraintResult, SATISFIED } from './constraint.js';
import type { PlanFacts } from './plan-facts.js';
import type { KnownViolation } from './violation-codes.js';

/**
 * Holds while the plan's spoke is there to take it and has said what runs: an offer is only made to a
 * connected spoke, against its own present report.
 */
export const spokeReady: TabledConstraint = {
  kind: 'spoke_ready',
  row: 'spoke_ready',
  evaluate({ spoke }: PlanFacts): ConstraintResult {
    const { name, presence, lastSeenAt = null } = spoke;
    if (presence === 'connected' && spoke.reported) {
      return SATISFIED;
    }
    return {
      satisfied: false,
      violations: [
        {
          code: 'spoke_ready',
          message: `spoke ${name} ${whatIsMissing(spoke)}`,
          data: { spoke: name, presence, lastSeenAt },
        } satisfies KnownViolation,
      ],
      metadata: {},
    };
  },
};

function whatIsMissing({ presence, lastSeenAt }: PlanFacts['spoke']): string {
  if (presence === 'connected') {
    return 'has connected and not yet said what runs; the plan goes when it has';
  }
  const seen = lastSeenAt === undefined ? 'it has never connected' : `last seen ${lastSeenAt}`;
  return `is ${presence} (${seen}); the plan goes when it is back`;
}
