import type { Plan, Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import {
  type Context,
  type Page,
  environmentNotFound,
  type PlanFilter,
  planNotFound,
  type UnitOfWork,
} from '@apollo-deploy/orchestration';
import { noSuchPlace, pageOf } from '../http/page-query.js';
import { Refused } from '../http/refused.js';
import type { PlanQuery } from './plan-requests.js';

export async function findPlan({ store }: Context, id: string): Promise<Result<Plan, Refusal>> {
  const plan = await store.transact((unit) => unit.plans.get(id));
  return plan === undefined ? err(planNotFound(id)) : ok(plan);
}

/**
 * One page of plans in the environments that its reader sees; `seen` absent = in all. Where there are
 * none, of an entity or an environment that its reader does not know either, it is refused.
 */
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
    const found = await unit.plans.list(filter, page);
    if (found.items.length === 0 && page.after === undefined) await checkNames(unit, filter);
    return found;
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

/** An entity that was removed is known by its plans: only where there are none it is asked for. */
async function checkNames(
  unit: UnitOfWork,
  { entity, environment, environments }: PlanFilter,
): Promise<void> {
  if (environment !== undefined && (await unit.environments.get(environment)) === undefined) {
    const { code, ...details } = environmentNotFound(environment);
    throw new Refused(code, details);
  }
  if (entity === undefined) return;
  const there = await unit.entities.get(entity);
  if (there !== undefined && environments?.includes(there.environment) !== false) return;
  const detail = `there is no entity ${JSON.stringify(entity)}; GET /api/v1/entities lists them`;
  throw new Refused('catalog/entity_not_found', { detail, field: 'entity' });
}

function inUtc(instant: string): string {
  return new Date(instant).toISOString();
}
