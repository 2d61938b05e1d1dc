import { isOpen, isUnderWay, type PlanState, type Refusal } from '@apollo-deploy/domain';
import { ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { UnknownPlan } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { declineFailures, failuresAmong } from './decline-failures.js';
import { agrees, noteContradiction } from './note-contradiction.js';
import { noteLostLedgers, type ToldLoss } from './note-lost-ledgers.js';
import { fenced, type SpokeSession } from './spoke-session.js';
import type { ToldPlan } from './told-plan.js';

/** So many unknown plans of a spoke are kept for people to see. */
const KEPT_MAX = 100;

/**
 * Hears which plans a spoke has carried out, and keeps those that this hub does not know: it was
 * restored from a backup that is older than they are. What they brought, the state reports tell;
 * people are told that they were there, and what failed last is declined. Another word for a plan that
 * has ended here is noted on it. What was heard before is not recorded again. Plans that waited for the
 * ledger of this session are evaluated. `lost`: releases whose ledger is gone, absent = it does not say.
 */
export async function learnOfPlans(
  context: Context,
  session: SpokeSession,
  told: readonly ToldPlan[],
  lost?: readonly ToldLoss[],
): Promise<Result<void, Refusal>> {
  return context.store.transact(async (unit) => {
    const spoke = await fenced(unit, session);
    if (!spoke.ok) return spoke;
    const known = await unit.plans.statesOf(told.map(({ planId }) => planId));
    await compare(context, unit, session.spoke, told, known);
    const unknown = told
      .filter(({ planId }) => !known.has(planId))
      .toSorted(newestFirst)
      .slice(0, KEPT_MAX);
    const next =
      lost === undefined ? spoke.value : await noteLostLedgers(context, unit, spoke.value, lost);
    const { unknownPlans: before = [], ...rest } = next;
    const heard = new Set(before.map(({ planId }) => planId));
    const news = unknown.filter(({ planId }) => !heard.has(planId));
    const isFirst = rest.ledgerEpoch !== session.epoch;
    const isChanged = news.length > 0 || unknown.length !== before.length || next !== spoke.value;
    if (isFirst || isChanged) {
      await unit.spokes.save({
        ...rest,
        ledgerEpoch: session.epoch,
        ...(unknown.length > 0 && { unknownPlans: unknown.map(shown) }),
      });
    }
    if (isFirst) await markWaiting(unit, session.spoke);
    if (news.length === 0) return ok(undefined);
    await record(
      context,
      unit,
      { kind: 'spoke', name: session.spoke, roles: [] },
      {
        action: 'spoke.unknown_plans',
        subject: `spoke/${session.spoke}`,
        detail: { plans: news.map(({ planId, verdict }) => `${planId} ${verdict}`) },
      },
    );
    await declineFailures(context, unit, session.spoke, failuresAmong(told, news));
    return ok(undefined);
  });
}

/**
 * Plans that have not gone out may wait for the ledger, or are about to be judged so, and are looked at
 * again.
 */
async function markWaiting(unit: UnitOfWork, spoke: string): Promise<void> {
  const entities = await unit.entities.ofSpokes([spoke]);
  const open = await unit.plans.openOf(entities.map(({ name }) => name));
  const waiting = open.filter((plan) => !isUnderWay(plan));
  if (waiting.length > 0) await unit.dirty.mark(waiting.map(({ entity }) => entity));
}

const STATES = {
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  declined: 'CANCELLED',
  unknown: 'UNKNOWN',
} as const satisfies Record<UnknownPlan['verdict'], PlanState>;

/** What the ledger says of a plan that ended otherwise here, as by a person's word, is noted on it. */
async function compare(
  context: Context,
  unit: UnitOfWork,
  spoke: string,
  told: readonly ToldPlan[],
  stored: ReadonlyMap<string, PlanState>,
): Promise<void> {
  for (const { planId, verdict } of told) {
    const state = stored.get(planId);
    const said = STATES[verdict];
    if (state === undefined || isOpen(state) || agrees(state, said)) continue;
    const plan = await unit.plans.get(planId);
    if (plan?.spoke !== spoke) continue;
    await noteContradiction(context, unit, { kind: 'spoke', name: spoke, roles: [] }, plan, said);
  }
}

function shown({ contentKey: _, ...plan }: ToldPlan): UnknownPlan {
  return plan;
}

function newestFirst(one: UnknownPlan, other: UnknownPlan): number {
  if (one.at !== other.at) return one.at < other.at ? 1 : -1;
  return one.planId < other.planId ? 1 : -1;
}
