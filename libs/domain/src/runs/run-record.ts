import type { Tier } from '../catalog/environment.js';

/**
 * What an entity and a chart have been through together since a plan brought it, or since it was
 * found to have run well without one.
 */
export interface RunRecord {
  readonly entity: string;
  /** SHA-256 of the chart's bytes. */
  readonly chartSha256: string;
  readonly version: string;
  readonly product: string;
  readonly spoke: string;
  readonly environment: string;
  readonly tier: Tier;
  /** The newest plan to this chart that SUCCEEDED; absent where it was there before any. */
  readonly planId?: string;
  /** When it was first seen Healthy after it had succeeded; absent until then. RFC 3339. */
  readonly provenAt?: string;
  /** For how long it was seen Healthy before `healthySince`, in milliseconds. */
  readonly healthyMs: number;
  /** Since when it has been Healthy; absent while it is not, or nobody looks. RFC 3339. */
  readonly healthySince?: string;
}

/** The run as it was when somebody last looked: what comes after is silence, and does not count. */
export function pauseRun(run: RunRecord, lastSeenAt: string): RunRecord {
  const { healthySince, ...rest } = run;
  return healthySince === undefined
    ? run
    : { ...rest, healthyMs: run.healthyMs + elapsed(healthySince, lastSeenAt) };
}

/** The run as it goes on, Healthy, from this instant; no change if it did already. */
export function resumeRun(run: RunRecord, at: string): RunRecord {
  return { ...run, provenAt: run.provenAt ?? at, healthySince: run.healthySince ?? at };
}

/** For how long it was Healthy under somebody's eyes, in milliseconds. */
export function healthyTime(run: RunRecord, lastSeenAt: string): number {
  return pauseRun(run, lastSeenAt).healthyMs;
}

function elapsed(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from));
}
