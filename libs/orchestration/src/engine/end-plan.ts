import {
  CANCEL_REASONS,
  type CancelReason,
  movePlan,
  type Plan,
  type PlanEvidence,
  type PlanOutcome,
} from '@apollo-deploy/domain';
import { recordEnding } from '../analytics/count-plans.js';
import type { Context } from '../context.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** Ways in which a spoke gives a plan back untouched. */
const RETURNS: readonly CancelReason[] = ['expired', 'window_closed', 'base_moved', 'interrupted'];
/** After so many in a row the content waits for a person, or for a change. */
const RETURNS_MAX = 5;

/** How a plan ended, or that nobody can tell yet. */
export type PlanEnding =
  | { readonly state: 'SUCCEEDED' }
  | {
      readonly state: 'FAILED';
      readonly outcome: PlanOutcome;
      /** The spoke or Helm died in the middle: the same content gets one more try by itself. */
      readonly interrupted: boolean;
    }
  | { readonly state: 'CANCELLED'; readonly cancelReason: CancelReason }
  | { readonly state: 'UNKNOWN' };

export interface EndingDetails {
  /** Who says so. */
  readonly by: string;
  readonly message: string;
  readonly evidence?: PlanEvidence;
}

/**
 * Moves an executing or unknown plan to its end, with what follows from it: declined content,
 * messages nobody needs any more, another evaluation. False if somebody else was faster.
 */
export async function endPlan(
  context: Context,
  unit: UnitOfWork,
  plan: Plan,
  ending: PlanEnding,
  { by, message, evidence }: EndingDetails,
): Promise<boolean> {
  const at = context.clock.now().toISOString();
  const saved = await unit.plans.save(
    movePlan(plan, ending.state, {
      message,
      ...(evidence !== undefined && { evidence }),
      ...(ending.state === 'FAILED' && { outcome: ending.outcome }),
      ...(ending.state === 'CANCELLED' && { cancelReason: ending.cancelReason }),
      ...(ending.state !== 'UNKNOWN' && { endedAt: at }),
    }),
  );
  if (!saved.ok) return false;
  await recordEnding(unit, plan, saved.value);
  await rememberOutcome(unit, plan, ending, { by, message, at });
  await unit.outbox.removeOfPlan(plan.id);
  await unit.dirty.mark([plan.entity, ...(await waitingForSlot(unit, plan.environment))]);
  return true;
}

/** A spoke whose clock is wrong, or a release that somebody else keeps moving, must not cost plans without end. */
async function keepsComingBack(unit: UnitOfWork, plan: Plan): Promise<boolean> {
  const { items } = await unit.plans.list({ entity: plan.entity }, { limit: RETURNS_MAX });
  return (
    items.length === RETURNS_MAX &&
    items.every(
      ({ state, cancelReason, contentKey }) =>
        state === 'CANCELLED' &&
        cancelReason !== undefined &&
        RETURNS.includes(cancelReason) &&
        contentKey === plan.contentKey,
    )
  );
}

/** Whom the end of a plan may let go: those held only because too many plans executed. */
async function waitingForSlot(unit: UnitOfWork, environment: string): Promise<readonly string[]> {
  const blocked = await unit.plans.list({ environment, state: 'BLOCKED' }, { limit: 200 });
  return blocked.items
    .filter(({ violations }) => violations.some(({ code }) => code === 'concurrency'))
    .map(({ entity }) => entity);
}

async function rememberOutcome(
  unit: UnitOfWork,
  plan: Plan,
  ending: PlanEnding,
  { by, message, at }: { by: string; message: string; at: string },
): Promise<void> {
  if (ending.state === 'SUCCEEDED') {
    await unit.declines.remove(plan.entity, plan.contentKey);
    return;
  }
  const decline = {
    entity: plan.entity,
    contentKey: plan.contentKey,
    planId: plan.id,
    by,
    at,
    failures: plan.attempt,
  };
  if (ending.state === 'FAILED') {
    const retried = ending.interrupted && plan.attempt === 1;
    await unit.declines.put({
      ...decline,
      why: `failed (${ending.outcome}): ${message}`,
      standing: !retried,
    });
  }
  if (ending.state === 'CANCELLED' && (await keepsComingBack(unit, plan))) {
    await unit.declines.put({
      ...decline,
      why: `came back from its spoke ${String(RETURNS_MAX)} times in a row, the last time because ${message}`,
      standing: true,
    });
  }
  if (ending.state === 'CANCELLED' && CANCEL_REASONS[ending.cancelReason].declines) {
    await unit.declines.put({
      ...decline,
      by: plan.cancelRequested?.by ?? by,
      why: `was cancelled: ${plan.cancelRequested?.reason ?? message}`,
      standing: true,
    });
  }
}
