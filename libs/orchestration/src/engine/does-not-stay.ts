import type { Plan } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** After so many successes of the same content in a row, within an hour, something else changes it. */
const SUCCESSES_MAX = 5;
const HOUR_MS = 60 * 60_000;

/**
 * Why content that just SUCCEEDED once more does not stay; `undefined` as long as nothing says so.
 * Once it was left alone for that, each success that was wanted before its time was over says so.
 */
export async function whyItDoesNotStay(
  { clock }: Context,
  unit: UnitOfWork,
  plan: Plan,
): Promise<string | undefined> {
  const from = new Date(clock.now().getTime() - HOUR_MS).toISOString();
  const { items } = await unit.plans.list(
    { entity: plan.entity, state: 'SUCCEEDED', from },
    { limit: SUCCESSES_MAX },
  );
  const same = items.filter(({ contentKey }) => contentKey === plan.contentKey);
  if (same.length === SUCCESSES_MAX) {
    return `${String(SUCCESSES_MAX)} plans with this content succeeded within the hour and it did not stay; something else changes it`;
  }
  if (await wasWantedMeanwhile(unit, plan)) {
    return 'it succeeded once more after it had not stayed; something else changes it';
  }
  return undefined;
}

/** Whether the plan waited while its content was left alone for not staying. */
async function wasWantedMeanwhile(unit: UnitOfWork, plan: Plan): Promise<boolean> {
  const [before] = await unit.suppressions.ofEntities([plan.entity]);
  if (before?.contentKey !== plan.contentKey) return false;
  if (Date.parse(plan.createdAt) >= Date.parse(before.until)) return false;
  const cause = await unit.plans.get(before.planId);
  return cause?.state === 'SUCCEEDED';
}
