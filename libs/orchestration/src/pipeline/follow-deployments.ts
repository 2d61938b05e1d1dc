import type { Deployment } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { Lease } from '../ports/leases.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { LeaseLost } from '../scheduling/under-lease.js';
import type { FollowTools } from './follow-tools.js';
import type { ServiceHealth } from './health-provider.js';
import { settleBackPorts } from './settle-back-ports.js';
import { stepDeployment, type Stepped } from './step-deployment.js';

const LEASE = 'deployments';
/** Longer than a step takes. A replica that dies delays deployments by as much. */
const TTL_MS = 15_000;
/** Of so many the health is asked at once, so that somebody who answers slowly delays no others. */
const PAGE = 20;
/** More steps than a deployment has in one turn; the next turn goes on. */
const STEPS_MAX = 20;

/**
 * Takes every deployment under way as far as it goes now, one transaction a step. Whatever a step goes
 * by is read from the store, so that nothing is lost with a replica that dies between two steps. One
 * deployment that meets an error does not keep the others; what was met is thrown in the end.
 * What hotfixes owe below production is looked at as well, however it came there.
 * Answers when time alone moves one next; nothing while another replica follows.
 *
 * `holder`: one running process.
 */
export async function followDeployments(
  context: Context,
  tools: FollowTools,
  holder: string,
): Promise<Date | undefined> {
  const errors: unknown[] = [];
  const instants: number[] = [];
  let after: string | undefined;
  do {
    const found = await begin(context, holder, after);
    if (found === undefined) break;
    for (const service of found.owing) {
      try {
        await inLease(context, found.lease, (unit) => settleBackPorts(context, unit, service));
      } catch (error) {
        errors.push(error);
      }
    }
    for (let left: readonly Followed[] = found.ids.map((id) => ({ id })); left.length > 0;) {
      const asking: Promise<Followed>[] = [];
      for (const one of left) {
        try {
          const { until, asked } = await followOne(context, tools, found.lease, one);
          if (until !== undefined) instants.push(Date.parse(until));
          if (asked !== undefined) asking.push(answered(context, asked));
        } catch (error) {
          errors.push(error);
        }
      }
      left = await Promise.all(asking);
    }
    after = found.next;
  } while (after !== undefined);
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, 'several deployments were not followed');
  return instants.length === 0 ? undefined : new Date(Math.min(...instants));
}

/** A deployment to take further, and what was said of its health if that was asked. */
interface Followed {
  readonly id: string;
  readonly answer?: ServiceHealth;
}

interface Begun {
  readonly lease: Lease;
  readonly ids: readonly string[];
  /** Services with hotfixes that may have been brought back since; only with the first page. */
  readonly owing: readonly string[];
  readonly next?: string;
}

/** Two statements where there is nothing to follow. */
function begin(
  { store, clock }: Context,
  holder: string,
  after: string | undefined,
): Promise<Begun | undefined> {
  return store.transact(async (unit) => {
    const page = { limit: PAGE, ...(after !== undefined && { after }) };
    const { items, next } = await unit.deployments.underWay(page);
    const owing = after === undefined ? await unit.deployments.servicesOwingBackPort() : [];
    if (items.length === 0 && owing.length === 0) return undefined;
    const now = clock.now().toISOString();
    const lease = await unit.leases.acquire({ name: LEASE, holder, ttlMs: TTL_MS, now });
    if (lease === undefined) return undefined;
    return { lease, owing, ids: items, ...(next !== undefined && { next }) };
  });
}

/** How far it came: it waits until an instant, or how it does is to be asked of somebody. */
interface Reached {
  readonly until?: string;
  readonly asked?: Deployment;
}

async function followOne(
  context: Context,
  tools: FollowTools,
  lease: Lease,
  { id, answer }: Followed,
): Promise<Reached> {
  for (let steps = 0; steps < STEPS_MAX; steps += 1) {
    const said = steps === 0 ? answer : undefined;
    const stepped: Stepped | undefined = await inLease(context, lease, (unit) =>
      stepDeployment(context, unit, id, tools, said),
    );
    if (stepped === undefined || stepped.did === 'end') return {};
    if (stepped.did === 'asks') return { asked: stepped.deployment };
    if (stepped.did === 'wait') return stepped.until === undefined ? {} : { until: stepped.until };
  }
  return { until: context.clock.now().toISOString() };
}

/** Renews the lease, as whoever was asked may have taken long; as with a fence it does not pass on meanwhile. */
function inLease<T>(
  { store, clock }: Context,
  lease: Lease,
  work: (unit: UnitOfWork) => Promise<T>,
): Promise<T> {
  return store.transact(async (unit) => {
    const renewed = await unit.leases.renew(lease, TTL_MS, clock.now().toISOString());
    if (renewed === undefined) throw new LeaseLost(lease);
    return work(unit);
  });
}

/** Asked outside of any transaction: it may take long. That nobody answers is no sign of health. */
async function answered(
  { health }: Context,
  { id, service, environment }: Deployment,
): Promise<Followed> {
  if (health === undefined) return { id };
  try {
    return { id, answer: await health.look(service, environment) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { id, answer: { healthy: false, detail: `${health.name} does not answer: ${why}` } };
  }
}
