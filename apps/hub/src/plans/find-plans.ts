import type { Plan, Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import {
  type Context,
  type Page,
  type PlanFilter,
  planNotFound,
} from '@apollo-deploy/orchestration';
import { noSuchPlace, pageOf } from '../http/page-query.js';
import { Refused } from '../http/refused.js';
import type { PlanQuery } from './plan-requests.js';

export async function findPlan({ store }: Context, id: string): Promise<Result<Plan, Refusal>> {
  const plan = await store.transact((unit) => unit.plans.get(id));
  return plan === undefined ? err(planNotFound(id)) : ok(plan);
}

/** One page of plans in the environments that its reader sees; `seen` absent = in all. */
export async function listPlans(
  { store }: Context,
  query: PlanQuery,
  seen: readonly string[] | undefined,
): Promise<Page<Plan>> {
  const { entity, environment, state, type, from, to } = query;
  if (from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to)) {
    throw new Refused('http/invalid_request', {
      detail: `to is ${to}, which is not after from (${from}); accepted is a later instant`,
      field: 'to',
    });
  }
  const filter = {
    ...(entity !== undefined && { entity }),
    ...(environment !== undefined && { environment }),
    ...(seen !== undefined && { environments: seen }),
    ...(state !== undefined && { state }),
    ...(type !== undefined && { type }),
    ...(from !== undefined && { from: inUtc(from) }),
    ...(to !== undefined && { to: inUtc(to) }),
  };
  const page = pageOf(query);
  return store.transact(async (unit) => {
    if (page.after !== undefined) checkPlace(await unit.plans.get(page.after), page.after, filter);
    return unit.plans.list(filter, page);
  });
}

/** A plan that is elsewhere is none here: whoever may not see it does not learn that it is there. */
function checkPlace(
  plan: Plan | undefined,
  after: string,
  { environment, environments }: PlanFilter,
): void {
  const isHere = environment === undefined || plan?.environment === environment;
  if (plan === undefined || !isHere) throw noSuchPlace(after);
  if (environments?.includes(plan.environment) === false) throw noSuchPlace(after);
}

function inUtc(instant: string): string {
  return new Date(instant).toISOString();
}
