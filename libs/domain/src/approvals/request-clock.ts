import type { Violation } from '../constraints/violation.js';
import { HOUR_MS } from './approval-fields.js';
import type { ApprovalRule } from './approval-rule.js';
import type { JudgedGate } from './judged-gate.js';

/**
 * For how long people could have answered a gate. It runs only while the gate is open and nothing but
 * time and approval is missing, so that nobody loses time to a spoke that is away.
 */
export interface RequestClock {
  /** Before `runningSince`, in milliseconds. */
  readonly ranMs: number;
  /** Absent: it stands still. RFC 3339. */
  readonly runningSince?: string;
}

export const NEW_REQUEST: RequestClock = { ranMs: 0 };

/**
 * Whether the clock of a gate runs: people could answer it, and all that holds the plan besides is cured
 * by time alone.
 */
export function requestRuns(
  { open, satisfiable, missingApprovers }: Answerable,
  violations: readonly Violation[],
): boolean {
  return (
    open &&
    satisfiable &&
    missingApprovers > 0 &&
    violations.every(({ code, recheckAt }) => code === 'approval' || recheckAt !== undefined)
  );
}

type Answerable = Pick<JudgedGate, 'open' | 'satisfiable' | 'missingApprovers'>;

/** The clock from an instant on, running or not. No change if it does that already. */
export function setRequestClock(clock: RequestClock, runs: boolean, at: Date): RequestClock {
  if (runs === (clock.runningSince !== undefined)) return clock;
  const ranMs = waitedMs(clock, at);
  return runs ? { ranMs, runningSince: at.toISOString() } : { ranMs };
}

/** For how long people have been waited for, in milliseconds; a clock set back does not count. */
export function waitedMs({ ranMs, runningSince }: RequestClock, now: Date): number {
  if (runningSince === undefined) return ranMs;
  return ranMs + Math.max(0, now.getTime() - Date.parse(runningSince));
}

/** What waiting has led to, and when it leads to something if the clock runs on. */
export interface Waiting {
  /** Nobody answered in time: the plan is to be cancelled as `approval_lapsed`. */
  readonly lapsed: boolean;
  /** Others may answer by now, too. */
  readonly escalated: boolean;
  /** The next of these two, if the clock runs on; absent if there is none. RFC 3339. */
  readonly nextAt?: string;
}

export function judgeWaiting(
  { requestTtlHours, escalation }: Pick<ApprovalRule, 'requestTtlHours' | 'escalation'>,
  clock: RequestClock,
  now: Date,
): Waiting {
  const waited = waitedMs(clock, now);
  const limits = [requestTtlHours, escalation?.afterHours].map(
    (hours = Infinity) => hours * HOUR_MS,
  );
  const [lapses = Infinity, escalates = Infinity] = limits;
  const next = Math.min(...limits.filter((limit) => limit > waited));
  const runsOn = clock.runningSince !== undefined && Number.isFinite(next);
  return {
    lapsed: waited >= lapses,
    escalated: waited >= escalates,
    ...(runsOn && { nextAt: new Date(now.getTime() + next - waited).toISOString() }),
  };
}
