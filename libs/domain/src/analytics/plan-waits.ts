import type { Violation } from '../constraints/violation.js';
import type { ViolationCode } from '../constraints/violation-codes.js';

/**
 * What a plan may wait for before it goes out. Time counts for one of them only, so that they add up:
 * while several hold at once it is the first in this order, which begins with what somebody must mend
 * and ends with what passes by itself. `start`: nothing holds it, and it waits to be sent.
 */
export const WAIT_KINDS = ['other', 'dependency', 'approval', 'window', 'queue', 'start'] as const;
export type WaitKind = (typeof WAIT_KINDS)[number];

const WAITS_FOR_CODE = {
  maintenance_window: 'window',
  suppression_window: 'window',
  concurrency: 'queue',
  approval: 'approval',
  gate_unsatisfiable: 'approval',
  no_approval_rule: 'approval',
  dependency_missing: 'dependency',
  dependency_version: 'dependency',
  dependency_unhealthy: 'dependency',
  dependency_cycle: 'dependency',
  dependency_deadlock: 'dependency',
  dependent_range: 'dependency',
  dependent_needs_it: 'dependency',
} as const satisfies Partial<Record<ViolationCode, WaitKind>>;

/** What the codes stand for; all others are `other`. */
const WAITS_FOR: ReadonlyMap<string, WaitKind> = new Map(Object.entries(WAITS_FOR_CODE));

/** How long a plan has waited before it went out, and for what. */
export interface PlanWaits {
  /** Milliseconds up to `since`; what is absent was not waited for. */
  readonly ms: Readonly<Partial<Record<WaitKind, number>>>;
  /** What it has waited for from `since` on, unless it has gone out then. */
  readonly on: WaitKind;
  readonly since: string;
  /** Every code that has blocked it, in the order in which they first did. */
  readonly codes: readonly string[];
}

/** The waiting of a plan that is made at `at`; no violations = it may go. */
export function beginWaits(violations: readonly Violation[], at: string): PlanWaits {
  return { ms: {}, on: waitedFor(violations), since: at, codes: codesWith([], violations) };
}

/**
 * The waiting of a plan up to `at`, from when on these violations hold it; none = it may go, or it
 * goes. What nobody kept counts as `other`.
 */
export function turnWaits(
  { createdAt, waits }: { readonly createdAt: string; readonly waits?: PlanWaits },
  violations: readonly Violation[],
  at: string,
): PlanWaits {
  const { ms, on, since, codes } = waits ?? { ...beginWaits([], createdAt), on: 'other' };
  const waited = Math.max(0, Date.parse(at) - Date.parse(since));
  return {
    ms: waited === 0 ? ms : { ...ms, [on]: (ms[on] ?? 0) + waited },
    on: waitedFor(violations),
    since: at,
    codes: codesWith(codes, violations),
  };
}

function waitedFor(violations: readonly Violation[]): WaitKind {
  const kinds = violations.map(({ code }) => WAITS_FOR.get(code) ?? 'other');
  return WAIT_KINDS.find((kind) => kinds.includes(kind)) ?? 'start';
}

function codesWith(codes: readonly string[], violations: readonly Violation[]): readonly string[] {
  return [...new Set([...codes, ...violations.map(({ code }) => code)])];
}
