import type { Plan, Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { type Context, type Page, planNotFound } from '@apollo-deploy/orchestration';
import { pageOf } from '../http/page-query.js';
import { Refused } from '../http/refused.js';
import type { PlanQuery } from './plan-requests.js';

export async function findPlan({ store }: Context, id: string): Promise<Result<Plan, Refusal>> {
  const plan = await store.transact((unit) => unit.plans.get(id));
  return plan === undefined ? err(planNotFound(id)) : ok(plan);
}

export async function listPlans({ store }: Context, query: PlanQuery): Promise<Page<Plan>> {
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
    ...(state !== undefined && { state }),
    ...(type !== undefined && { type }),
    ...(from !== undefined && { from: inUtc(from) }),
    ...(to !== undefined && { to: inUtc(to) }),
  };
  return store.transact((unit) => unit.plans.list(filter, pageOf(query)));
}

function inUtc(instant: string): string {
  return new Date(instant).toISOString();
}
