import { durationQuantile } from './duration-histogram.js';
import type { PlanCounter } from './plan-counts.js';
import { WAIT_KINDS, type WaitKind } from './plan-waits.js';

/** How often a code blocked plans, each plan once. */
export interface ViolationCount {
  readonly code: string;
  readonly count: number;
}

/** What one person has approved. */
export interface ApproverStatistics {
  readonly by: string;
  readonly count: number;
  /** Milliseconds from the making of a plan to its approval: half took no longer. Within `QUANTILE_ERROR`. */
  readonly medianMs: number;
}

/** Milliseconds. The mean is exact, the others are within `QUANTILE_ERROR`. */
export interface DurationStatistics {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
}

/** What is known of plans that ended. `null` = no data, which is never the same as 0. */
export interface PlanStatistics {
  /** Those that succeeded or failed. */
  readonly total: number;
  readonly succeeded: number;
  /** With those that were rolled back afterwards. */
  readonly failed: number;
  readonly rolledBack: number;
  /** Beside the total: nothing was changed, so they are neither good nor bad. */
  readonly cancelled: number;
  /** From 0 to 1, of the total. */
  readonly successRate: number | null;
  readonly rollbackRate: number | null;
  readonly durationMs: DurationStatistics | null;
  /** Mean milliseconds a plan; with `execution` they add up to the mean from its making to its end. */
  readonly waitsMs: Readonly<Record<WaitKind | 'execution', number>> | null;
  /** The most frequent first. */
  readonly violations: readonly ViolationCount[];
  /** Those that went past something by a break-glass: from 0 to 1, of the total. */
  readonly breakGlassRate: number | null;
  /** Approvals given, whatever came of their plans; who gave most comes first. */
  readonly approvals: readonly ApproverStatistics[];
}

const BUCKET = 'duration:';
const VIOLATION = 'violation:';
const APPROVED = 'approved:';

/** Reads statistics off the sums of counters. What is absent is 0. */
export function planStatistics(sums: ReadonlyMap<PlanCounter, number>): PlanStatistics {
  const sum = (counter: PlanCounter): number => sums.get(counter) ?? 0;
  const [succeeded, failed, rolledBack] = [sum('succeeded'), sum('failed'), sum('rolled_back')];
  const total = succeeded + failed;
  return {
    total,
    succeeded,
    failed,
    rolledBack,
    cancelled: sum('cancelled'),
    successRate: total === 0 ? null : succeeded / total,
    rollbackRate: total === 0 ? null : rolledBack / total,
    durationMs: durationsOf(sums),
    waitsMs: waitsOf(sums),
    violations: named(sums, VIOLATION)
      .map(([code, count]) => ({ code, count }))
      .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1)),
    breakGlassRate: total === 0 ? null : sum('break_glass') / total,
    approvals: approvalsOf(sums),
  };
}

function approvalsOf(sums: ReadonlyMap<PlanCounter, number>): readonly ApproverStatistics[] {
  const byPerson = new Map<string, Map<number, number>>();
  for (const [rest, count] of named(sums, APPROVED)) {
    // The name may hold what stands between the two.
    const end = rest.indexOf(':');
    const by = rest.slice(end + 1);
    const histogram = byPerson.get(by) ?? new Map<number, number>();
    byPerson.set(by, histogram.set(Number(rest.slice(0, end)), count));
  }
  return [...byPerson]
    .map(([by, histogram]) => ({
      by,
      count: [...histogram.values()].reduce((all, one) => all + one, 0),
      medianMs: durationQuantile(histogram, 0.5) ?? 0,
    }))
    .sort((one, other) => other.count - one.count || (one.by < other.by ? -1 : 1));
}

function durationsOf(sums: ReadonlyMap<PlanCounter, number>): DurationStatistics | null {
  const buckets = named(sums, BUCKET).map(([bucket, count]) => [Number(bucket), count] as const);
  const histogram = new Map(buckets);
  const [p50, p95] = [durationQuantile(histogram, 0.5), durationQuantile(histogram, 0.95)];
  const mean = meanOf(sums, 'execution_ms');
  return mean === null || p50 === undefined || p95 === undefined ? null : { mean, p50, p95 };
}

function waitsOf(sums: ReadonlyMap<PlanCounter, number>): PlanStatistics['waitsMs'] {
  const execution = meanOf(sums, 'execution_ms');
  if (execution === null) return null;
  const waits = WAIT_KINDS.map((kind) => [kind, meanOf(sums, `wait_ms:${kind}`) ?? 0]);
  return { ...(Object.fromEntries(waits) as Record<WaitKind, number>), execution };
}

function meanOf(sums: ReadonlyMap<PlanCounter, number>, counter: PlanCounter): number | null {
  const timed = sums.get('timed') ?? 0;
  return timed === 0 ? null : (sums.get(counter) ?? 0) / timed;
}

function named(
  sums: ReadonlyMap<PlanCounter, number>,
  prefix: string,
): readonly (readonly [string, number])[] {
  return [...sums].flatMap(([counter, amount]) =>
    counter.startsWith(prefix) ? [[counter.slice(prefix.length), amount] as const] : [],
  );
}
