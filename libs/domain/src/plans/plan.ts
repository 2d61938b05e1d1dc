import { InvariantViolation, type Json, jsonDigest } from '@apollo-deploy/kernel';
import type { PlanWaits } from '../analytics/plan-waits.js';
import type { Values } from '../catalog/entity.js';
import type { PassedOver } from '../catalog/choose-release.js';
import type { Noted, Violation } from '../constraints/violation.js';
import {
  type CancelReason,
  isOpen,
  mayMove,
  type PlanOutcome,
  type PlanPhase,
  type PlanState,
} from './plan-lifecycle.js';
import { isChange, type PlanClass } from './plan-class.js';

export const PLAN_TYPES = ['install', 'upgrade', 'rollback', 'uninstall', 'config_update'] as const;
export type PlanType = (typeof PLAN_TYPES)[number];

/** The release head a plan was made against; `null` where there is no release. */
export interface PlanBase {
  readonly revision: number;
  readonly releaseDigest: string;
}

/** What an automatic rollback of a plan goes to. */
export interface RollbackTarget {
  readonly version: string;
  readonly chartSha256: string;
  readonly valuesDigest: string;
}

/** Exactly what will run. Its digest is what people approve and the spoke checks. */
export interface PlanContent {
  readonly entity: string;
  readonly spoke: string;
  readonly namespace: string;
  readonly releaseName: string;
  readonly type: PlanType;
  readonly base: PlanBase | null;
  /** `null` for an uninstall. */
  readonly chart: {
    readonly name: string;
    readonly version: string;
    readonly sha256: string;
  } | null;
  readonly valuesDigest: string | null;
  readonly strategy: 'rolling';
  readonly rolloutTimeoutSeconds: number;
  /**
   * What is restored if it fails after it touched what runs: the content that succeeded last. Absent:
   * nothing is, or a version made the plan that did not say so. What is absent is no part of the
   * digest, so that digests of such plans stay what they were.
   */
  readonly rollbackTarget?: RollbackTarget;
  /** It takes over a release that Apollo did not make. Never false: absent then, and no part of the digest. */
  readonly adopt?: boolean;
  /** Only `refuse` is ever said: absent, and no part of the digest, where the chart takes fields back. */
  readonly fieldConflicts?: 'refuse';
}

/** What a spoke last said of a plan that is under way. */
export interface PlanProgress {
  /** At most 2048 characters. */
  readonly message: string;
  /** When the hub heard it first. RFC 3339. */
  readonly at: string;
  /** The plan waits for what the message says, since then by the clock of the hub; absent: it goes on. */
  readonly waitingSince?: string;
}

/** One proposed change to one entity. */
export interface Plan {
  readonly id: string;
  readonly entity: string;
  readonly environment: string;
  readonly spoke: string;
  readonly product: string;
  readonly type: PlanType;
  /** What it is for, as of its last evaluation. */
  readonly planClass: PlanClass;
  readonly state: PlanState;
  /** Only while it is EXECUTING or UNKNOWN. */
  readonly phase?: PlanPhase;
  /** As `phase`. Absent where its spoke has said nothing. */
  readonly progress?: PlanProgress;
  readonly outcome?: PlanOutcome;
  readonly content: PlanContent;
  readonly digest: string;
  /** Identity of the content without type and base: what can be declined. */
  readonly contentKey: string;
  /** The values that `content.valuesDigest` names. */
  readonly values: Values;
  readonly from: { readonly version: string; readonly revision: number } | null;
  readonly to: { readonly version: string } | null;
  readonly reason: string;
  readonly passedOver: readonly PassedOver[];
  /** What holds it; nothing once it has ended. */
  readonly violations: readonly Violation[];
  /**
   * Stands in line: BLOCKED by nothing but limits on how many plans execute. Its place is by
   * `queuedSince` or when it was made, the earliest goes first. RFC 3339.
   */
  readonly inLineSince?: string;
  /**
   * The place that it took over from a plan in line which it superseded, kept while it does not stand
   * in line itself; absent if it goes by `createdAt`. RFC 3339.
   */
  readonly queuedSince?: string;
  /**
   * What spoke against it when it went out, and did not hold it, and later another word on its end than
   * the one that stands; absent if nothing did.
   */
  readonly noted?: readonly Noted[];
  /** When time alone may change whether it is blocked, also while it is PENDING; absent if it cannot. */
  readonly recheckAt?: string;
  /** Absent on plans of versions that did not keep it. */
  readonly waits?: PlanWaits;
  /** Counts the plans made for the same content in a row; a failure part-way is retried once. */
  readonly attempt: number;
  /** A person asked for it although nothing but its health speaks for it. */
  readonly forced?: boolean;
  readonly cancelReason?: CancelReason;
  /** A person asked for its end while it was executing; the spoke answers. */
  readonly cancelRequested?: { readonly by: string; readonly at: string; readonly reason: string };
  /**
   * The version of its entity at which it went out, if it carries what that asks for. Absent: it has not
   * gone out, or carries something else, as what restores does.
   */
  readonly entityVersion?: number;
  /** The plan that this one rolls back. */
  readonly rollbackOf?: string;
  /** The plan whose content this one restores. */
  readonly repairOf?: string;
  /** The plan of the first step of the strategy that this one goes on with. */
  readonly stepOf?: string;
  /** The rollback plan that took this one back. */
  readonly rolledBackBy?: string;
  readonly supersededBy?: string;
  /** What happened, in a sentence for people; set when it ends. */
  readonly message?: string;
  /** What the spoke saw that proves the outcome. */
  readonly evidence?: PlanEvidence;
  readonly createdAt: string;
  readonly startedAt?: string;
  /**
   * When it ended, by the clock of the hub: for a plan that went out, when its spoke looked. When the
   * hub heard of it, which may be later, is in the audit trail.
   */
  readonly endedAt?: string;
  readonly version: number;
}

/** Facts the spoke recorded about its own run; shown as they came. */
export type PlanEvidence = Values;

/** It has gone out, and what it does is not known to be over. */
export function isUnderWay({ state }: Pick<Plan, 'state'>): boolean {
  return state === 'EXECUTING' || state === 'UNKNOWN';
}

/** Whether it restores what ran before, and so waits for nobody even where people start plans. */
export function goesByItself({ type, planClass }: Pick<Plan, 'type' | 'planClass'>): boolean {
  return planClass === 'repair' || (type === 'rollback' && !isChange(planClass));
}

export function planDigest(content: PlanContent): string {
  return jsonDigest(contentJson(content));
}

/** A plan's content as JSON: what its digest is computed of. */
export function contentJson({ base, chart, rollbackTarget, ...rest }: PlanContent): Json {
  return {
    ...rest,
    base: base && { ...base },
    chart: chart && { ...chart },
    ...(rollbackTarget !== undefined && { rollbackTarget: { ...rollbackTarget } }),
  };
}

/** What is declined when a plan fails or a person says no: the content without type and base. */
export function contentKey(
  content: Omit<
    PlanContent,
    'type' | 'base' | 'rolloutTimeoutSeconds' | 'rollbackTarget' | 'adopt' | 'fieldConflicts'
  >,
): string {
  return jsonDigest({
    entity: content.entity,
    spoke: content.spoke,
    namespace: content.namespace,
    releaseName: content.releaseName,
    chart: content.chart === null ? null : { ...content.chart },
    valuesDigest: content.valuesDigest,
    strategy: content.strategy,
  });
}

/**
 * The same plan in another state. Throws `InvariantViolation` for a move that the table does not
 * know: callers check first and refuse.
 */
export function movePlan(plan: Plan, to: PlanState, change: Partial<Plan> = {}): Plan {
  if (!mayMove(plan.state, to)) {
    throw new InvariantViolation(`plan ${plan.id} cannot go from ${plan.state} to ${to}`);
  }
  const { inLineSince, ...rest } = { ...plan, ...change, state: to };
  if (!isOpen(to)) return atRest(rest);
  // Only what is BLOCKED stands in line.
  return to === 'BLOCKED' && inLineSince !== undefined ? { ...rest, inLineSince } : rest;
}

/** What has ended is on its way no more: nothing holds it, and no instant will change that. */
function atRest({ phase: _, progress: __, recheckAt: ___, ...plan }: Plan): Plan {
  return { ...plan, violations: [] };
}
