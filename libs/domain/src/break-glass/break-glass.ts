import { HOUR_MS } from '../approvals/approval-fields.js';
import type { Tier } from '../catalog/environment.js';

/**
 * What a break-glass can waive for ordinary plans. `window`: maintenance windows and ordinary
 * suppressions, never hard ones. Nothing else gives way: not recalls, holds, rules, backups, limits.
 */
export const WAIVABLE = ['approval', 'window', 'soak', 'promoted', 'health', 'dependency'] as const;
export type Waivable = (typeof WAIVABLE)[number];

/** `accepted`: it was right to do it. `objected`: it was not, and the comment says why. */
export const REVIEW_VERDICTS = ['accepted', 'objected'] as const;
export type ReviewVerdict = (typeof REVIEW_VERDICTS)[number];

/** How long a break-glass may last, in milliseconds. */
export const LONGEST_BREAK_GLASS_MS = 24 * HOUR_MS;
/** Within how long of its opening another person has to look at it, in milliseconds. */
export const REVIEW_WITHIN_MS = 24 * HOUR_MS;
/** So many plans that went by a break-glass are named in it; those after them are counted. */
export const PLANS_NAMED = 200;

/** What a second person said of it. */
export interface BreakGlassReview {
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
  readonly verdict: ReviewVerdict;
  readonly comment?: string;
}

/**
 * A person's way past what holds ordinary plans of one product in one environment, for a reason and a
 * time; or past what holds the plans of one hotfix there, and no others. Opened is owed: a second person
 * has to review it, whether anything went by it or not; save that of a hotfix that has ended, if nothing did.
 */
export interface BreakGlass {
  readonly id: string;
  readonly product: string;
  readonly environment: string;
  /** The id of the hotfix that it was opened for; absent = a person opened it for ordinary plans. */
  readonly deployment?: string;
  /** In the order of `WAIVABLE`, each once. */
  readonly waives: readonly Waivable[];
  readonly reason: string;
  readonly openedBy: string;
  /** RFC 3339, as all instants here. */
  readonly openedAt: string;
  /** In force up to here, not included. */
  readonly until: string;
  /** Overdue from here on. */
  readonly dueAt: string;
  /** How many plans went by it. */
  readonly uses: number;
  /** The first `PLANS_NAMED` of them. */
  readonly plans: readonly string[];
  /** Ended before its time. */
  readonly ended?: { readonly by: string; readonly at: string };
  readonly review?: BreakGlassReview;
  /**
   * When its hotfix had ended and no plan had gone by it: there is nothing to review then. RFC 3339;
   * absent = something went by it, its hotfix goes on, or it is of none.
   */
  readonly unusedAt?: string;
  /** When people were told that it is overdue. */
  readonly overdueToldAt?: string;
  readonly version: number;
}

/** One that owes a review, with what decides where it is owed. */
export interface OwedBreakGlass extends BreakGlass {
  /** Of its environment. */
  readonly tier: Tier;
}

/** Whether it waives anything at an instant. */
export function isInForce({ until, ended, review }: BreakGlass, now: Date): boolean {
  return ended === undefined && review === undefined && now.getTime() < Date.parse(until);
}

/** Whether a second person has still to review it. */
export function isOwed({ review, unusedAt }: Pick<BreakGlass, 'review' | 'unusedAt'>): boolean {
  return review === undefined && unusedAt === undefined;
}

/** Nobody has reviewed it, and somebody should have by now. */
export function isOverdue(
  glass: Pick<BreakGlass, 'review' | 'unusedAt' | 'dueAt'>,
  now: Date,
): boolean {
  return isOwed(glass) && Date.parse(glass.dueAt) <= now.getTime();
}

/** The same break-glass after a plan went by it. */
export function usedBy(glass: BreakGlass, planId: string): BreakGlass {
  const plans = glass.plans.length < PLANS_NAMED ? [...glass.plans, planId] : glass.plans;
  return { ...glass, uses: glass.uses + 1, plans };
}
