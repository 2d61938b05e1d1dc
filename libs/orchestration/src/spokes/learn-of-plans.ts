import type { Refusal } from '@apollo-deploy/domain';
import { ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { UnknownPlan } from '../ports/records.js';
import { fenced, type SpokeSession } from './spoke-session.js';

/** So many unknown plans of a spoke are kept for people to see. */
const KEPT_MAX = 100;

/**
 * Hears which plans a spoke has carried out, and keeps those that this hub does not know: it was
 * restored from a backup that is older than they are. What they brought, the state reports tell;
 * people are told that they were there. What was heard before is not recorded again.
 */
export async function learnOfPlans(
  context: Context,
  session: SpokeSession,
  told: readonly UnknownPlan[],
): Promise<Result<void, Refusal>> {
  return context.store.transact(async (unit) => {
    const spoke = await fenced(unit, session);
    if (!spoke.ok) return spoke;
    const known = await unit.plans.known(told.map(({ planId }) => planId));
    const unknown = told
      .filter(({ planId }) => !known.has(planId))
      .toSorted(newestFirst)
      .slice(0, KEPT_MAX);
    const { unknownPlans: before = [], ...rest } = spoke.value;
    const heard = new Set(before.map(({ planId }) => planId));
    const news = unknown.filter(({ planId }) => !heard.has(planId));
    if (news.length === 0 && unknown.length === before.length) return ok(undefined);
    await unit.spokes.save({ ...rest, ...(unknown.length > 0 && { unknownPlans: unknown }) });
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
    return ok(undefined);
  });
}

function newestFirst(one: UnknownPlan, other: UnknownPlan): number {
  if (one.at !== other.at) return one.at < other.at ? 1 : -1;
  return one.planId < other.planId ? 1 : -1;
}
