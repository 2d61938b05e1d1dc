import { isUnderWay } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import { withdrawOffersOf } from '../constraints/withdraw-offers.js';
import { withdrawPlan } from '../engine/open-plan.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import type { ToldPlan } from './told-plan.js';

/** A plan that failed, and what it would have brought. */
export interface LearntFailure extends ToldPlan {
  readonly contentKey: string;
}

/**
 * Those of `news` that were the last word on their content: neither a success nor another failure came
 * after them, of plans that the hub knows or does not.
 */
export function failuresAmong(
  told: readonly ToldPlan[],
  news: readonly ToldPlan[],
): readonly LearntFailure[] {
  const last = new Map<string, LearntFailure>();
  for (const plan of told) {
    if (!isOutcome(plan)) continue;
    const before = last.get(plan.contentKey);
    if (before === undefined || before.at <= plan.at) last.set(plan.contentKey, plan);
  }
  const isNews = new Set(news.map(({ planId }) => planId));
  return [...last.values()].filter(
    ({ planId, verdict }) => verdict === 'failed' && isNews.has(planId),
  );
}

function isOutcome(plan: ToldPlan): plan is LearntFailure {
  const { contentKey, verdict } = plan;
  return contentKey !== undefined && (verdict === 'failed' || verdict === 'succeeded');
}

/**
 * Declines what failed without this hub, until a person asks for it or it changes: the hold or the
 * rollback that would have followed the failure is as unknown here as the failure was. A plan with the
 * same content that nobody has claimed is taken back, unless a person asked for it.
 */
export async function declineFailures(
  context: Context,
  unit: UnitOfWork,
  spoke: string,
  failures: readonly LearntFailure[],
): Promise<void> {
  if (failures.length === 0) return;
  const entities = new Map(
    (await unit.entities.ofSpokes([spoke])).map((entity) => [releaseOf(entity), entity.name]),
  );
  const concerned = failures.flatMap((failure) => {
    const entity = entities.get(releaseOf(failure));
    return entity === undefined ? [] : [{ entity, failure }];
  });
  const names = [...new Set(concerned.map(({ entity }) => entity))].toSorted();
  const before = await unit.declines.ofEntities(names);
  for (const { entity, failure } of concerned) {
    const { contentKey, planId, at } = failure;
    const same = before.find((one) => one.entity === entity && one.contentKey === contentKey);
    await unit.declines.put({
      ...{ entity, contentKey, planId, by: `spoke ${spoke}`, at },
      why: 'failed, as the ledger in the cluster says, since the backup that the hub was restored from',
      failures: (same?.failures ?? 0) + 1,
      standing: true,
    });
  }
  await takeBack(context, unit, concerned);
  await unit.dirty.mark(names);
}

async function takeBack(
  context: Context,
  unit: UnitOfWork,
  concerned: readonly { readonly entity: string; readonly failure: LearntFailure }[],
): Promise<void> {
  const open = await unit.plans.openOf(concerned.map(({ entity }) => entity));
  for (const plan of open) {
    if (plan.forced === true) continue;
    const same = concerned.find(({ failure }) => failure.contentKey === plan.contentKey);
    if (same === undefined) continue;
    const message = `plan ${same.failure.planId} with the same content failed, as the ledger in the cluster says; evaluate with force to try it again`;
    if (isUnderWay(plan)) await withdrawOffersOf(context, unit, [plan], message);
    else await withdrawPlan({ context, unit }, plan, message);
  }
}

function releaseOf({
  namespace,
  releaseName,
}: {
  readonly namespace: string;
  readonly releaseName: string;
}): string {
  return `${namespace}/${releaseName}`;
}
