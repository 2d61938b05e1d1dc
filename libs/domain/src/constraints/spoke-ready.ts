import type { BuiltInConstraint } from './constraint-kind.js';
import { type ConstraintResult, SATISFIED } from './constraint.js';
import { missingForRelease, missingForType } from './missing-capabilities.js';
import type { PlanFacts } from './plan-facts.js';
import type { KnownViolation } from './violation-codes.js';

/** How far a spoke's clock may be off: offers expire and windows end by it. */
const SKEW_MAX_MS = 5 * 60_000;
const MINUTE_MS = 60_000;

/**
 * Holds while the plan's spoke is there to take it, has said what runs, tells about the same time as
 * the hub, and can do what the plan asks of it: an offer is only made to a connected spoke, against
 * its own present report. A release that needs more than the spoke can do is passed over.
 */
export const spokeReady: BuiltInConstraint = {
  kind: 'spoke_ready',
  description:
    'The spoke is connected, has reported since it came back, its clock is right to five minutes, and it can do what the plan and its release need.',
  row: 'spoke_ready',
  evaluate({ spoke, requires, rule }: PlanFacts): ConstraintResult {
    const { presence, reported, clockSkewMs = 0 } = spoke;
    const lacks = [
      ...missingForType(spoke, rule.planType),
      ...missingForRelease(spoke, requires, 'the release of this plan'),
    ];
    const isThere = presence === 'connected' && reported;
    const isOff = Math.abs(clockSkewMs) > SKEW_MAX_MS;
    if (isThere && !isOff && lacks.length === 0) return SATISFIED;
    const violations = [
      ...(isThere ? [] : [absence(spoke)]),
      ...(isOff ? [skew(spoke)] : []),
      ...lacks,
    ];
    return { satisfied: false, violations, metadata: {} };
  },
  objects: ({ release: { product, version, requires = [] }, spoke }) =>
    missingForRelease(spoke, requires, `${product} ${version}`),
};

function absence(spoke: PlanFacts['spoke']): KnownViolation {
  const { name, presence, lastSeenAt = null } = spoke;
  return {
    code: 'spoke_ready',
    message: `spoke ${name} ${whatIsMissing(spoke)}`,
    data: { spoke: name, presence, lastSeenAt },
  };
}

function skew({ name, clockSkewMs = 0 }: PlanFacts['spoke']): KnownViolation {
  const minutes = Math.ceil(Math.abs(clockSkewMs) / MINUTE_MS);
  const direction = clockSkewMs > 0 ? 'ahead of' : 'behind';
  return {
    code: 'spoke_ready',
    message: `the clock of spoke ${name} is ${String(minutes)} minutes ${direction} the hub's, and 5 are allowed; set the clocks of both right (NTP), and the plan goes with the next heartbeat`,
    data: { spoke: name, clockSkewMs, allowedMs: SKEW_MAX_MS },
  };
}

function whatIsMissing({ presence, lastSeenAt }: PlanFacts['spoke']): string {
  if (presence === 'connected') {
    return 'has connected and not yet said what runs; the plan goes when it has';
  }
  const seen = lastSeenAt === undefined ? 'it has never connected' : `last seen ${lastSeenAt}`;
  return `is ${presence} (${seen}); the plan goes when it is back`;
}
