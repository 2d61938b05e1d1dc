import {
  type DayRange,
  doraAsOf,
  type DoraFigures,
  doraFigures,
  type DoraPlan,
  type DoraRow,
  doraRow,
  type FieldRefusal,
  plansToTell,
} from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { everyEnvironment } from '../catalog/every-environment.js';
import type { Context } from '../context.js';
import type { DeploymentFilter } from '../ports/deployment-repository.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

const PAGE = 100;
/** How many deployments one question reads at most. */
const DEPLOYMENTS_MAX = 5000;

/** What somebody wants to know; what is absent limits nothing. */
export interface DoraQuestion {
  readonly days: DayRange;
  /** The name of an environment of tier production. */
  readonly environment?: string;
  readonly service?: string;
}

/** The figures, and up to when (RFC 3339) they know what became of the deployments. */
export interface DoraMetrics {
  readonly asOf: string;
  readonly places: readonly DoraFigures[];
}

/**
 * DORA's five figures of deployments to environments of tier production, of these environments or of all
 * where they are absent. Only deployments by the pipeline count. Refused for an environment that is not
 * such a one, and for more deployments than are read at once (5000).
 */
export async function doraMetrics(
  context: Context,
  { days, environment, service }: DoraQuestion,
  seen?: readonly string[],
): Promise<Result<DoraMetrics, FieldRefusal>> {
  const now = context.clock.now();
  const asOf = doraAsOf(days, now);
  const environments = await productionOf(context, environment, seen);
  if (environment !== undefined && environments.length === 0) {
    const detail = `environment is ${JSON.stringify(environment)}; accepted is an environment of tier production that you may see`;
    return err({ field: 'environment', detail });
  }
  const filter: DeploymentFilter = {
    environments,
    ...(service !== undefined && { service }),
    askedFrom: `${days.from}T00:00:00.000Z`,
    askedBefore: new Date(asOf + 1).toISOString(),
  };
  const count = await context.store.transact((unit) => unit.deployments.count(filter));
  if (count > DEPLOYMENTS_MAX) return err(tooMany(count));
  const rows = await readRows(context, filter);
  return ok({ asOf: new Date(asOf).toISOString(), places: doraFigures(rows, days, now) });
}

async function productionOf(
  { store }: Context,
  environment: string | undefined,
  seen: readonly string[] | undefined,
): Promise<readonly string[]> {
  const all = await store.transact(everyEnvironment);
  return all
    .filter(({ tier }) => tier === 'production')
    .map(({ name }) => name)
    .filter((name) => environment === undefined || name === environment)
    .filter((name) => seen?.includes(name) ?? true);
}

function tooMany(count: number): FieldRefusal {
  const detail = `there are ${String(count)} deployments from then on, with those of the 30 days after the range; accepted are ${String(DEPLOYMENTS_MAX)} at once: ask for fewer days, one environment or one service`;
  return { field: 'from', detail };
}

/** Page by page, each in a transaction of its own: what is long past does not change. */
async function readRows({ store }: Context, filter: DeploymentFilter): Promise<readonly DoraRow[]> {
  const rows: DoraRow[] = [];
  const registered = new Map<string, string | undefined>();
  let after: string | undefined;
  do {
    const page = { limit: PAGE, ...(after !== undefined && { after }) };
    after = await store.transact(async (unit) => {
      const { items, next } = await unit.deployments.list(filter, page);
      const known = await unit.plans.getMany(items.flatMap(plansToTell));
      const plans = new Map<string, DoraPlan>(known.map((plan) => [plan.id, plan]));
      for (const deployment of items) {
        const at = await registeredAt(unit, deployment, registered);
        rows.push(doraRow(deployment, plans, at));
      }
      return next;
    });
  } while (after !== undefined);
  return rows;
}

/** Each release is read once. */
async function registeredAt(
  unit: UnitOfWork,
  { service, toVersion }: { readonly service: string; readonly toVersion: string },
  registered: Map<string, string | undefined>,
): Promise<string | undefined> {
  const key = JSON.stringify([service, toVersion]);
  if (!registered.has(key)) {
    registered.set(key, (await unit.releases.get(service, toVersion))?.createdAt);
  }
  return registered.get(key);
}
