import type { Plan } from '../plans/plan.js';
import type { BuiltInConstraint } from './constraint-kind.js';
import { type ConstraintResult, SATISFIED } from './constraint.js';
import {
  missingForAdoption,
  missingForRefusal,
  missingForRelease,
  missingForType,
} from './missing-capabilities.js';
import type { PlanFacts } from './plan-facts.js';
import type { KnownViolation } from './violation-codes.js';

/** How far a spoke's clock may be off, in milliseconds: offers expire and windows end by it. */
export const CLOCK_SKEW_MAX_MS = 5 * 60_000;
const MINUTE_MS = 60_000;
const TO_COME = 'to_come';

/**
 * Holds while the plan's spoke is there to take it, has said what runs and what its ledger holds, tells
 * about the same time as the hub, and can do what the plan asks of it: an offer is only made to a
 * connected spoke, against its own present report, and nothing is sent that failed without this hub,
 * which was restored from a backup. A release that needs more than the spoke can do is passed over.
 */
export const spokeReady: BuiltInConstraint = {
  kind: 'spoke_ready',
  description:
    'The spoke is connected, has reported and told its ledger since it came back, its clock is right to five minutes, and it can do what the plan and its release need.',
  row: 'spoke_ready',
  evaluate({ spoke, content, requires, rule }: PlanFacts): ConstraintResult {
    const { presence, reported, ledgerToCome = false, clockSkewMs = 0 } = spoke;
    const lacks = [
      ...missingForType(spoke, rule.planType),
      ...(content.adopt === true ? missingForAdoption(spoke) : []),
      ...(content.fieldConflicts === 'refuse' ? missingForRefusal(spoke) : []),
      ...missingForRelease(spoke, requires, 'the release of this plan'),
    ];
    const isThere = presence === 'connected' && reported;
    const isOff = Math.abs(clockSkewMs) > CLOCK_SKEW_MAX_MS;
    const violations = [
      ...(isThere ? [] : [absence(spoke)]),
      ...(isThere && ledgerToCome ? [silence(spoke)] : []),
      ...(isOff ? [skew(spoke)] : []),
      ...lacks,
    ];
    return violations.length === 0 ? SATISFIED : { satisfied: false, violations, metadata: {} };
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

/** Whether a plan was judged before its spoke had told its ledger. */
export function waitsForLedger({ violations }: Pick<Plan, 'violations'>): boolean {
  return violations.some(({ code, data }) => code === 'spoke_ready' && data['ledger'] === TO_COME);
}

function silence({ name }: PlanFacts['spoke']): KnownViolation {
  return {
    code: 'spoke_ready',
    message: `spoke ${name} has connected and not yet told its ledger, in which a failure may stand that this hub does not know; the plan goes when it has; if that takes longer than a minute, the log of the spoke says why it cannot read the ledger`,
    data: { spoke: name, ledger: TO_COME },
  };
}

function skew({ name, clockSkewMs = 0 }: PlanFacts['spoke']): KnownViolation {
  const minutes = Math.ceil(Math.abs(clockSkewMs) / MINUTE_MS);
  const direction = clockSkewMs > 0 ? 'ahead of' : 'behind';
  return {
    code: 'spoke_ready',
    message: `the clock of spoke ${name} is ${String(minutes)} minutes ${direction} the hub's, and 5 are allowed; set the clocks of both right (NTP), and the plan goes with the next heartbeat`,
    data: { spoke: name, clockSkewMs, allowedMs: CLOCK_SKEW_MAX_MS },
  };
}

function whatIsMissing({ presence, lastSeenAt }: PlanFacts['spoke']): string {
  if (presence === 'connected') {
    return 'has connected and not yet said what runs; the plan goes when it has';
  }
  const seen = lastSeenAt === undefined ? 'it has never connected' : `last seen ${lastSeenAt}`;
  return `is ${presence} (${seen}); the plan goes when it is back`;
}
