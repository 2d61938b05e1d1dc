import {
  contentKey,
  type EntityFacts,
  movePlan,
  type Plan,
  planDigest,
  type Proposal,
  runningContent,
  turnWaits,
  type Violation,
  type ViolationCode,
  withRollbackTarget,
} from '@apollo-deploy/domain';
import { recordBlocking } from '../analytics/count-plans.js';
import type { EvaluationRecord } from '../ports/records.js';
import type { EvaluationOutcome, EvaluationWork } from './open-plan.js';
import { isUnproven } from './unproven-content.js';

/** What an evaluation remembers of content that is not proven yet. */
export type EvaluationSettling = Pick<EvaluationRecord, 'settling' | 'awaitsSpoke' | 'recheckAt'>;

const SETTLING = 'settling' satisfies ViolationCode;

/**
 * Whether an open plan would bring once more what runs, and what runs has got well only just now: what
 * crash-loops is Healthy for a moment again and again, and must not cost a plan each time.
 */
export function isAwaited(
  facts: EntityFacts,
  open: Plan,
  proposal: Proposal,
  { recheckAt, awaitsSpoke }: EvaluationSettling,
): boolean {
  if (recheckAt === undefined && awaitsSpoke !== true) return false;
  const running = runningContent(facts, proposal);
  if (running === undefined || !isUnproven(facts, running)) return false;
  const { content } = running;
  return planDigest(withRollbackTarget(facts, content, contentKey(content))) === open.digest;
}

/** Keeps such a plan, BLOCKED, until what runs has stayed well, or has not. */
export async function keepSettling(
  { context, unit }: EvaluationWork,
  open: Plan,
  why: string,
  settling: EvaluationSettling,
): Promise<EvaluationOutcome> {
  const unchanged = { entity: open.entity, result: 'unchanged', dispatchable: false } as const;
  const violation = awaits(why, settling);
  const [before] = open.violations;
  const isSame = before?.message === violation.message && open.recheckAt === violation.recheckAt;
  if (open.state === 'BLOCKED' && isSame) return unchanged;
  const { recheckAt: _, inLineSince: _in, ...rest } = open;
  const plan: Plan = {
    ...rest,
    reason: `${why}, and another try of it waits`,
    violations: [violation],
    waits: turnWaits(open, [violation], context.clock.now().toISOString()),
    ...(violation.recheckAt !== undefined && { recheckAt: violation.recheckAt }),
  };
  const saved = await unit.plans.save(open.state === 'BLOCKED' ? plan : movePlan(plan, 'BLOCKED'));
  if (saved.ok) await recordBlocking(unit, open, saved.value);
  else await unit.dirty.mark([open.entity]);
  return unchanged;
}

/** What holds a plan that is kept so; `undefined` for every other. */
export function heldBySettling({ violations }: Plan): readonly Violation[] | undefined {
  return violations.some(({ code }) => code === SETTLING) ? violations : undefined;
}

function awaits(why: string, { settling, recheckAt }: EvaluationSettling): Violation {
  const end = recheckAt === undefined ? {} : { recheckAt };
  if (settling === undefined) {
    const message = `${why} and is Healthy as last seen; the plan is withdrawn once its spoke has seen it so for ten minutes`;
    return { code: SETTLING, message, data: {}, ...end };
  }
  const { since } = settling;
  const message = `${why} and is Healthy since ${since}; the plan is withdrawn if it stays so until ${recheckAt ?? 'then'}`;
  return { code: SETTLING, message, data: { since }, ...end };
}
