export const PLAN_STATES = [
  'PENDING',
  'BLOCKED',
  'EXECUTING',
  'UNKNOWN',
  'SUCCEEDED',
  'FAILED',
  'ROLLED_BACK',
  'CANCELLED',
] as const;
export type PlanState = (typeof PLAN_STATES)[number];

/** Where a plan may go from each state. No other file encodes this. */
export const PLAN_TRANSITIONS = {
  PENDING: ['BLOCKED', 'EXECUTING', 'CANCELLED'],
  BLOCKED: ['PENDING', 'CANCELLED'],
  EXECUTING: ['SUCCEEDED', 'FAILED', 'CANCELLED', 'UNKNOWN'],
  UNKNOWN: ['SUCCEEDED', 'FAILED', 'CANCELLED'],
  SUCCEEDED: [],
  FAILED: ['ROLLED_BACK'],
  ROLLED_BACK: [],
  CANCELLED: [],
} as const satisfies Record<PlanState, readonly PlanState[]>;

/** An open plan still wants something; an entity has one at most. */
export const OPEN_PLAN_STATES = ['PENDING', 'BLOCKED', 'EXECUTING', 'UNKNOWN'] as const;

export function isOpen(state: PlanState): boolean {
  return (OPEN_PLAN_STATES as readonly PlanState[]).includes(state);
}

export function mayMove(from: PlanState, to: PlanState): boolean {
  return (PLAN_TRANSITIONS[from] as readonly PlanState[]).includes(to);
}

/** How far an EXECUTING plan has come, as far as the hub has been told. */
export const PLAN_PHASES = ['dispatched', 'accepted', 'claimed', 'helm', 'verifying'] as const;
export type PlanPhase = (typeof PLAN_PHASES)[number];

/**
 * What FAILED means: `refused` = Helm or the cluster said no and nothing was touched, `unhealthy` =
 * applied, then bad, `broken` = failed part-way.
 */
export const PLAN_OUTCOMES = ['refused', 'unhealthy', 'broken'] as const;
export type PlanOutcome = (typeof PLAN_OUTCOMES)[number];

/** Why a plan was CANCELLED; each says whether its content is thereby declined. */
export const CANCEL_REASONS = {
  /** A person said no. */
  cancelled: { declines: true },
  /** Somebody who was asked to approve it said no. */
  rejected: { declines: true },
  /** Nobody approved it in time. */
  approval_lapsed: { declines: true },
  /** Another proposal took its place, or there is nothing left to do. */
  superseded: { declines: false },
  /** The spoke met the offer too late. */
  expired: { declines: false },
  /** The hub took the offer back, because a constraint came that holds it. */
  withdrawn: { declines: false },
  /** The maintenance window had shut. */
  window_closed: { declines: false },
  /** The release had moved since the plan was made. */
  base_moved: { declines: false },
  /** The spoke's process ended after its claim and before Helm began. */
  interrupted: { declines: false },
} as const;
export type CancelReason = keyof typeof CANCEL_REASONS;
