import type { Plan } from '../plans/plan.js';
import type { PlanState } from '../plans/plan-lifecycle.js';
import { durationBucketOf } from './duration-histogram.js';
import { WAIT_KINDS, type WaitKind } from './plan-waits.js';

/**
 * What is counted of plans. `timed`: those whose execution is known from its start to its end, which
 * `execution_ms`, the buckets `duration:` and `wait_ms:` are about; `violation:` counts a code once a
 * plan. `break_glass`: those that ended and had gone past something by a break-glass. `approved:` counts
 * approvals by how long after its making the plan was approved (a bucket), and by whom.
 */
export type PlanCounter =
  | 'succeeded'
  | 'failed'
  | 'rolled_back'
  | 'cancelled'
  | 'timed'
  | 'execution_ms'
  | `wait_ms:${WaitKind}`
  | `duration:${number}`
  | `violation:${string}`
  | 'break_glass'
  | `approved:${number}:${string}`;

/** What adds to a counter of one UTC day (`YYYY-MM-DD`), plan type, product and environment. */
export interface PlanCount extends Pick<Plan, 'type' | 'product' | 'environment'> {
  readonly day: string;
  readonly counter: PlanCounter;
  /** Never negative. */
  readonly amount: number;
}

type Tally = readonly (readonly [PlanCounter, number])[];

const ENDINGS: Readonly<Partial<Record<PlanState, PlanCounter>>> = {
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  ROLLED_BACK: 'rolled_back',
  CANCELLED: 'cancelled',
};

/**
 * What a plan adds that has just moved from `before` to its end: a number of counts that depends on
 * nothing but the plan. None for a plan that has not ended, or had ended so before. A plan that was
 * rolled back counts on the day on which it had failed, so that of no day more were rolled back than
 * failed.
 */
export function countsOfEnding(before: PlanState, plan: Plan): readonly PlanCount[] {
  const counter = ENDINGS[plan.state];
  if (counter === undefined || plan.state === before || plan.endedAt === undefined) return [];
  const ending = [[counter, 1], ...timing(before, plan), ...goneBy(plan)] as const;
  return countsOn(plan, plan.endedAt, ending);
}

/** Once a plan, and not for one that came back untouched or that is rolled back afterwards. */
function goneBy({ state, noted = [] }: Plan): Tally {
  const isCounted = state === 'SUCCEEDED' || state === 'FAILED';
  return isCounted && noted.some(({ effect }) => effect === 'waived') ? [['break_glass', 1]] : [];
}

/**
 * What an approval adds that somebody has given at an instant (RFC 3339). One that is withdrawn
 * afterwards was given all the same.
 */
export function countsOfApproval(
  plan: Plan,
  { by, at }: { readonly by: string; readonly at: string },
): readonly PlanCount[] {
  const ms = Math.max(0, Date.parse(at) - Date.parse(plan.createdAt));
  return countsOn(plan, at, [[`approved:${durationBucketOf(ms)}:${by}`, 1]]);
}

/** What a plan adds by codes that have blocked it since `before`, when it had not been stored so. */
export function countsOfBlocking(
  before: Pick<Plan, 'waits'> | undefined,
  plan: Plan,
): readonly PlanCount[] {
  if (plan.waits === undefined) return [];
  const counted = before?.waits?.codes ?? [];
  const fresh = plan.waits.codes.filter((code) => !counted.includes(code));
  return countsOn(
    plan,
    plan.waits.since,
    fresh.map((code) => [`violation:${code}`, 1] as const),
  );
}

/** Nobody saw the end of one that was UNKNOWN, and one that came back untouched took no time. */
function timing(before: PlanState, { state, startedAt, endedAt, waits }: Plan): Tally {
  const timed = before === 'EXECUTING' && (state === 'SUCCEEDED' || state === 'FAILED');
  if (!timed || startedAt === undefined || endedAt === undefined) return [];
  const ms = Math.max(0, Date.parse(endedAt) - Date.parse(startedAt));
  const waited = WAIT_KINDS.map((kind) => [`wait_ms:${kind}`, waits?.ms[kind] ?? 0] as const);
  return [
    ['timed', 1],
    ['execution_ms', ms],
    [`duration:${durationBucketOf(ms)}`, 1],
    ...waited.filter(([, amount]) => amount > 0),
  ];
}

function countsOn(plan: Plan, at: string, tally: Tally): readonly PlanCount[] {
  const { type, product, environment } = plan;
  const day = new Date(at).toISOString().slice(0, 10);
  return tally.map(([counter, amount]) => ({ day, type, product, environment, counter, amount }));
}
