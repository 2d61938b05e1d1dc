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
import { ENGINE } from '../ports/principal.js';
import { noteSuccess } from '../spokes/note-runs.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { endSuppression, suppressAfterFailure } from './suppressions.js';

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
 * Moves an executing or unknown plan to its end, with what follows from it: declined content, the
 * entity's automatic suppression, messages nobody needs any more, another evaluation. False if
 * somebody else was faster.
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
  await restrain(context, unit, plan, ending, message);
  if (ending.state === 'SUCCEEDED') await noteSuccess(context, unit, plan);
  await unit.outbox.removeOfPlan(plan.id);
  // Also whom its end may let go: those held only because too many plans executed.
  const waiting = await unit.plans.blockedBy('concurrency', [plan.environment]);
  await unit.dirty.mark([plan.entity, ...waiting]);
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
    await unit.declines.put({
      ...decline,
      why: `failed (${ending.outcome}): ${message}`,
      standing: false,
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

/** A failure suppresses the entity, a success frees it; a rollback does neither. */
async function restrain(
  context: Context,
  unit: UnitOfWork,
  plan: Plan,
  ending: PlanEnding,
  message: string,
): Promise<void> {
  if (plan.type === 'rollback') return;
  if (ending.state === 'FAILED' && !isFreeRetry(plan, ending)) {
    await suppressAfterFailure(context, unit, plan, `${ending.outcome}: ${message}`);
  }
  if (ending.state === 'SUCCEEDED') {
    const [suppression] = await unit.suppressions.ofEntities([plan.entity]);
    if (suppression === undefined) return;
    await endSuppression(context, unit, ENGINE, suppression, `plan ${plan.id} succeeded`);
  }
}

/** Cut off by the death of its spoke or of Helm, and not by what it brings: it is tried again at once. */
function isFreeRetry(plan: Plan, ending: Extract<PlanEnding, { state: 'FAILED' }>): boolean {
  return ending.interrupted && plan.attempt === 1;
}
