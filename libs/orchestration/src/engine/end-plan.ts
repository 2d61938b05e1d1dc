import {
  CANCEL_REASONS,
  type CancelReason,
  movePlan,
  type Plan,
  type PlanEvidence,
  type PlanOutcome,
  rolloutIn,
} from '@apollo-deploy/domain';
import { recordEnding } from '../analytics/count-plans.js';
import { useAdoptionUp } from '../catalog/adopt-release.js';
import { giveBackConsumed } from '../approvals/consumed.js';
import type { Context } from '../context.js';
import { ENGINE } from '../ports/principal.js';
import { noteSuccess } from '../spokes/note-runs.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { demandRollback } from './demand-rollback.js';
import { whyItDoesNotStay } from './does-not-stay.js';
import { neighboursOf } from './find-neighbours.js';
import { afterRollback, demandOf, dropDemand, onRollbackFailed } from './follow-rollback.js';
import { rememberBaseline } from './remember-baseline.js';
import { endSuppression, suppressAfter } from './suppressions.js';

/** Ways in which a spoke gives a plan back untouched by itself: not those that the hub took back. */
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
  /** When they looked, which may be long before it is heard; absent = now. */
  readonly lookedAt?: Date;
}

/**
 * Moves an executing or unknown plan to its end, with what follows from it: declined content, the
 * entity's automatic suppression, its baseline and rollback, messages nobody needs any more, another
 * evaluation. False if somebody else was faster.
 */
export async function endPlan(
  context: Context,
  unit: UnitOfWork,
  plan: Plan,
  ending: PlanEnding,
  { by, message, evidence, lookedAt }: EndingDetails,
): Promise<boolean> {
  const now = context.clock.now();
  const at = now.toISOString();
  const saved = await unit.plans.save(
    movePlan(plan, ending.state, {
      message,
      ...evidenceOf(ending, evidence),
      ...(ending.state === 'FAILED' && { outcome: ending.outcome }),
      ...(ending.state === 'CANCELLED' && { cancelReason: ending.cancelReason }),
      ...(ending.state !== 'UNKNOWN' && { endedAt: endOf(plan, lookedAt ?? now, now) }),
    }),
  );
  if (!saved.ok) return false;
  await recordEnding(unit, plan, saved.value);
  await useAdoptionUp(unit, saved.value);
  await rememberOutcome(context, unit, saved.value, ending, { by, message, at });
  if (ending.state === 'SUCCEEDED') await noteBrought(context, unit, plan);
  await unit.outbox.removeOfPlan(plan.id);
  // Its own evaluation also passes its slot on: after the commit, when everybody sees that it is free.
  await unit.dirty.mark([...new Set([plan.entity, ...(await neighboursOf(unit, plan))])]);
  return true;
}

/** Nobody's clock makes a plan end before it began, or later than it was heard. */
function endOf({ startedAt }: Plan, lookedAt: Date, now: Date): string {
  const began = startedAt === undefined ? -Infinity : Date.parse(startedAt);
  const end = Math.min(Math.max(lookedAt.getTime(), began), now.getTime());
  return new Date(end).toISOString();
}

/** With the word that it was cut off, which the next try of the same content asks for. */
function evidenceOf(
  ending: PlanEnding,
  evidence: PlanEvidence | undefined,
): Pick<Plan, 'evidence'> {
  if (ending.state === 'FAILED' && ending.interrupted) {
    return { evidence: { ...evidence, interrupted: true } };
  }
  return evidence === undefined ? {} : { evidence };
}

/** What a plan that SUCCEEDED brought has run here from now on; a share of it proves nothing. */
async function noteBrought(context: Context, unit: UnitOfWork, plan: Plan): Promise<void> {
  const { id, entity, product, spoke, environment, content } = plan;
  if (content.chart === null || rolloutIn(plan.values) !== undefined) return;
  const where = { name: entity, product, spoke, environment };
  await noteSuccess(context, unit, { entity: where, chart: content.chart, planId: id });
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

/** Whether what was tried last before this plan was the same content, and was cut off as well. */
async function wasInterruptedBefore(unit: UnitOfWork, plan: Plan): Promise<boolean> {
  const { items } = await unit.plans.list({ entity: plan.entity }, { limit: RETURNS_MAX });
  const before = items.find(({ id, state }) => id !== plan.id && state !== 'CANCELLED');
  return before?.contentKey === plan.contentKey && before.evidence?.['interrupted'] === true;
}

type Word = Pick<EndingDetails, 'by' | 'message'> & { readonly at: string };

/** What is kept of an ending for the evaluations to come. */
async function rememberOutcome(
  context: Context,
  unit: UnitOfWork,
  plan: Plan,
  ending: PlanEnding,
  word: Word,
): Promise<void> {
  switch (ending.state) {
    case 'SUCCEEDED':
      await unit.declines.remove(plan.entity, plan.contentKey);
      await rememberBaseline(unit, plan, word.at);
      return rememberSuccess(context, unit, plan);
    case 'FAILED':
      return rememberFailure(context, unit, plan, ending, word);
    case 'CANCELLED':
      return rememberCancellation(context, unit, plan, ending.cancelReason, word);
    case 'UNKNOWN':
      return;
  }
}

/** A success frees the entity, unless it never stays; a rollback only takes back what failed. */
async function rememberSuccess(context: Context, unit: UnitOfWork, plan: Plan): Promise<void> {
  if (plan.type === 'rollback') {
    await afterRollback(context, unit, plan, await demandOf(unit, plan));
  }
  const fights = await whyItDoesNotStay(context, unit, plan);
  if (fights !== undefined) return suppressAfter(context, unit, plan, fights);
  if (plan.type === 'rollback') return;
  const [suppression] = await unit.suppressions.ofEntities([plan.entity]);
  if (suppression === undefined) return;
  await endSuppression(context, unit, ENGINE, suppression, `plan ${plan.id} succeeded`);
}

async function rememberFailure(
  context: Context,
  unit: UnitOfWork,
  plan: Plan,
  { outcome, interrupted }: Extract<PlanEnding, { state: 'FAILED' }>,
  word: Word,
): Promise<void> {
  const { message } = word;
  await decline(unit, plan, word, { why: `failed (${outcome}): ${message}`, standing: false });
  // Cut off by the death of its spoke or of Helm, not by what it brings: it is tried again at once.
  if (interrupted && !(await wasInterruptedBefore(unit, plan))) return;
  if (plan.type === 'rollback') {
    return onRollbackFailed(context, unit, plan, await demandOf(unit, plan));
  }
  await suppressAfter(context, unit, plan, `${outcome}: ${message}`);
  await demandRollback(context, unit, plan, { outcome, message });
}

async function rememberCancellation(
  context: Context,
  unit: UnitOfWork,
  plan: Plan,
  cancelReason: CancelReason,
  word: Word,
): Promise<void> {
  if (await keepsComingBack(unit, plan)) {
    await decline(unit, plan, word, {
      why: `came back from its spoke ${String(RETURNS_MAX)} times in a row, the last time because ${word.message}`,
      standing: true,
    });
    const demand = await demandOf(unit, plan);
    if (demand !== undefined) await onRollbackFailed(context, unit, plan, demand);
  }
  if (CANCEL_REASONS[cancelReason].declines) {
    const by = plan.cancelRequested?.by ?? word.by;
    const why = `was cancelled: ${plan.cancelRequested?.reason ?? word.message}`;
    await decline(unit, plan, { ...word, by }, { why, standing: true });
    await dropDemand(context, unit, await demandOf(unit, plan), `${by} cancelled plan ${plan.id}`);
  } else {
    await giveBackConsumed(unit, plan.id);
  }
}

async function decline(
  unit: UnitOfWork,
  { entity, contentKey, id, attempt }: Plan,
  { by, at }: Word,
  said: { readonly why: string; readonly standing: boolean },
): Promise<void> {
  await unit.declines.put({ entity, contentKey, planId: id, by, at, failures: attempt, ...said });
}
