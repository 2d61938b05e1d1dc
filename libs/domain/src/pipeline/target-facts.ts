import type { PlanOutcome, PlanState, CancelReason } from '../plans/plan-lifecycle.js';
import type { PlanType } from '../plans/plan.js';
import type { Violation } from '../constraints/violation.js';

/** What is to be known of a plan to follow it. */
export interface FollowedPlan {
  readonly id: string;
  readonly type: PlanType;
  readonly state: PlanState;
  readonly outcome?: PlanOutcome;
  readonly cancelReason?: CancelReason;
  readonly message?: string;
  readonly violations: readonly Violation[];
  readonly recheckAt?: string;
  /** It FAILED because its spoke or Helm died, and the same is tried once more by itself. */
  readonly retries?: boolean;
  /** A person has to start it. */
  readonly manual?: boolean;
}

/** It stands, and has not gone out. */
export function isToGo({ state }: Pick<FollowedPlan, 'state'>): boolean {
  return state === 'PENDING' || state === 'BLOCKED';
}

/** What a deployment brings is there already, and does well: nothing is left to do. */
export function runsWell({ runsIt, health, spoke }: TargetFacts): boolean {
  return runsIt && health.healthy && spoke === 'heard';
}

/** A plan that takes another one back. */
export interface FollowedRollback extends Pick<FollowedPlan, 'id' | 'state' | 'message'> {
  /** What it goes back to; `null` = to nothing. */
  readonly version: string | null;
  /** What holds it; nothing once it has gone out. */
  readonly violations: readonly Violation[];
}

/** What is known of one entity of a deployment at one instant. */
export interface TargetFacts {
  /** `silent`: not heard now, and not for so long that it counts as lost. */
  readonly spoke: 'heard' | 'silent' | 'lost';
  /** Exactly what the deployment brings runs there, as its spoke saw last. */
  readonly runsIt: boolean;
  /** `runsIt`, and the newest deployment that looked how just this does there found it well. */
  readonly proven?: boolean;
  /** How what runs does, as its spoke saw last; `heardAt`: when that was still so. RFC 3339. */
  readonly health: {
    readonly healthy: boolean;
    readonly detail: string;
    /** It is not at rest yet, and may still become healthy. */
    readonly progressing?: true;
    /** It is in error, or something else runs there; not what merely starts, or what nobody can tell. */
    readonly ill?: true;
    readonly heardAt?: string;
  };
  /** The plan that is out to change what runs there since it was found healthy; absent = none is. */
  readonly changedBy?: string;
  /** Who has said since that something else is to run; absent = nobody. */
  readonly otherWishBy?: string;
  /** The newest plan that brings the deployment's chart, made for it or found open. */
  readonly plan?: FollowedPlan;
  /** An open plan, made since, that brings something else. */
  readonly otherPlan?: { readonly id: string; readonly version: string | null };
  /** What becomes of taking `plan` back; absent = nobody has asked for that. */
  readonly rollback?: FollowedRollback | 'demanded';
  /**
   * An automatic rollback of what somebody else had brought, which goes before anything new; by its
   * plan, or as it is demanded while it has none.
   */
  readonly first?: FollowedRollback | { readonly version: string };
  /** What holds it at other content than the deployment brings. */
  readonly hold?: { readonly id: string; readonly message: string };
  /** The backup of what is replaced; absent = none was asked for since its wave began. */
  readonly backup?: {
    readonly status: 'requested' | 'done' | 'failed';
    readonly by: string;
    readonly detail?: string;
  };
  /** What the last evaluation said, where it saw no need of a plan. */
  readonly idle?: { readonly code: string; readonly why: string };
}
