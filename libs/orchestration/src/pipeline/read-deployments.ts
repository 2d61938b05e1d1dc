import {
  type Deployment,
  followDeployment,
  hasEnded,
  type PlanState,
  type Wait,
} from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { DeploymentFilter } from '../ports/deployment-repository.js';
import type { Page, PageRequest } from '../ports/page.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import type { FollowTools } from './follow-tools.js';
import { loadDeploymentFacts } from './load-deployment-facts.js';

/** A deployment with the states of its plans, by their ids. */
export interface ListedDeployment {
  readonly deployment: Deployment;
  readonly plans: ReadonlyMap<string, PlanState>;
}

/** A deployment with what it waits for now. */
export interface ShownDeployment extends ListedDeployment {
  readonly waitsFor: readonly Wait[];
}

/** Shows a deployment with what it waits for by what is known now. Changes nothing. */
export function showDeployment(
  context: Context,
  id: string,
  { settlingMs }: FollowTools,
): Promise<ShownDeployment | undefined> {
  return context.store.transact(async (unit) => {
    const deployment = await unit.deployments.get(id);
    if (deployment === undefined) return undefined;
    const plans = await plansOf(unit, [deployment]);
    if (hasEnded(deployment.status)) return { deployment, plans, waitsFor: [] };
    const facts = await loadDeploymentFacts(context, unit, deployment, settlingMs);
    const { move } = followDeployment(deployment, facts);
    const waits = move.kind === 'wait' ? move.for : [];
    const { ahead } = facts;
    const waitsFor =
      ahead === undefined ? waits : await inLine(context, unit, waits, ahead, settlingMs);
    return { deployment, plans, waitsFor };
  });
}

/** Tells whoever stands in line what the one ahead waits for itself, and until when at least. */
async function inLine(
  context: Context,
  unit: UnitOfWork,
  waits: readonly Wait[],
  id: string,
  settlingMs: number,
): Promise<readonly Wait[]> {
  const ahead = await unit.deployments.get(id);
  if (ahead === undefined || hasEnded(ahead.status)) return waits;
  const facts = await loadDeploymentFacts(context, unit, ahead, settlingMs);
  const { move } = followDeployment(ahead, facts);
  if (move.kind !== 'wait') return waits;
  // What nobody but a person ends goes first.
  const first = move.for.find(({ code }) => code === 'spoke_lost') ?? move.for[0];
  const until =
    move.for
      .flatMap((wait) => wait.until ?? [])
      .sort()
      .at(-1) ?? move.until;
  return waits.map((wait) => ({
    ...wait,
    ...(first !== undefined && { message: `${wait.message}: ${first.message}` }),
    ...(until !== undefined && { until }),
  }));
}

/** A page of deployments, newest first; `undefined` where it is to begin after one that is not shown. */
export function listDeployments(
  { store }: Context,
  filter: DeploymentFilter,
  page: PageRequest,
): Promise<Page<ListedDeployment> | undefined> {
  return store.transact(async (unit) => {
    if (page.after !== undefined && !(await isShown(unit, page.after, filter))) return undefined;
    const { items, next } = await unit.deployments.list(filter, page);
    const plans = await plansOf(unit, items);
    const shown = items.map((deployment) => ({ deployment, plans }));
    return { items: shown, ...(next !== undefined && { next }) };
  });
}

/** The newest deployments of a service, at most `limit` (1 to 200), and how many there are. */
export async function historyOf(
  context: Context,
  filter: DeploymentFilter & { readonly service: string },
  limit: number,
): Promise<{ readonly total: number; readonly newest: readonly Deployment[] }> {
  return context.store.transact(async (unit) => {
    const { items } = await unit.deployments.list(filter, { limit });
    return { total: await unit.deployments.count(filter), newest: items };
  });
}

function plansOf(
  unit: UnitOfWork,
  deployments: readonly Deployment[],
): Promise<ReadonlyMap<string, PlanState>> {
  const ids = deployments.flatMap(({ targets }) => targets.flatMap(({ planId }) => planId ?? []));
  return ids.length === 0 ? Promise.resolve(new Map()) : unit.plans.statesOf(ids);
}

async function isShown(
  unit: UnitOfWork,
  id: string,
  { environments }: DeploymentFilter,
): Promise<boolean> {
  const deployment = await unit.deployments.get(id);
  return deployment !== undefined && environments?.includes(deployment.environment) !== false;
}
