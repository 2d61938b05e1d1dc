import { type Deployment, followDeployment } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { Lease } from '../ports/leases.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { LeaseLost } from '../scheduling/under-lease.js';
import type { FollowTools } from './follow-tools.js';
import type { ServiceHealth } from './health-provider.js';
import { loadAllFacts } from './load-deployment-facts.js';
import { settleBackPorts } from './settle-back-ports.js';
import { isSame, stepDeployment, type Stepped } from './step-deployment.js';

const LEASE = 'deployments';
/** Longer than a step takes. A replica that dies delays deployments by as much. */
const TTL_MS = 15_000;
/** So many are read at once. */
const PAGE = 200;
/** Of so many the health is asked at once, so that somebody who answers slowly delays no others. */
const ASKED_AT_ONCE = 20;
/** More steps than a deployment has in one turn; the next turn goes on. */
const STEPS_MAX = 20;

/**
 * Takes every deployment under way as far as it goes now, one transaction a step. Which of them only
 * wait on is seen of all at once, with a number of statements that does not depend on how many they
 * are. Whatever a step goes by is read from the store, so that nothing is lost with a replica that dies between two steps. One
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
    const found = await begin(context, tools, holder, after);
    if (found === undefined) break;
    instants.push(...found.instants);
    for (const service of found.owing) {
      try {
        await inLease(context, found.lease, (unit) => settleBackPorts(context, unit, service));
      } catch (error) {
        errors.push(error);
      }
    }
    for (let first = 0; first < found.moving.length; first += ASKED_AT_ONCE) {
      const some = found.moving.slice(first, first + ASKED_AT_ONCE);
      instants.push(...(await followSome(context, tools, found.lease, { ids: some, errors })));
    }
    after = found.next;
  } while (after !== undefined);
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, 'several deployments were not followed');
  return instants.length === 0 ? undefined : new Date(Math.min(...instants));
}

/** Takes these further; answers when time alone moves one next, and notes what errors were met. */
async function followSome(
  context: Context,
  tools: FollowTools,
  lease: Lease,
  { ids, errors }: { readonly ids: readonly string[]; readonly errors: unknown[] },
): Promise<readonly number[]> {
  const instants: number[] = [];
  for (let left: readonly Followed[] = ids.map((id) => ({ id })); left.length > 0;) {
    const asking: Promise<Followed>[] = [];
    for (const one of left) {
      try {
        const { until, asked } = await followOne(context, tools, lease, one);
        if (until !== undefined) instants.push(Date.parse(until));
        if (asked !== undefined) asking.push(answered(context, asked));
      } catch (error) {
        errors.push(error);
      }
    }
    left = await Promise.all(asking);
  }
  return instants;
}

/** A deployment to take further, and what was said of its health if that was asked. */
interface Followed {
  readonly id: string;
  readonly answer?: ServiceHealth;
}

interface Begun {
  readonly lease: Lease;
  /** Ids of those that there is something to do for. */
  readonly moving: readonly string[];
  /** When time alone moves one of the others. */
  readonly instants: readonly number[];
  /** Services with hotfixes that may have been brought back since; only with the first page. */
  readonly owing: readonly string[];
  readonly next?: string;
}

/** Two statements where there is nothing to follow. */
function begin(
  context: Context,
  { settlingMs }: FollowTools,
  holder: string,
  after: string | undefined,
): Promise<Begun | undefined> {
  return context.store.transact(async (unit) => {
    const page = { limit: PAGE, ...(after !== undefined && { after }) };
    const { items, next } = await unit.deployments.underWay(page);
    const owing = after === undefined ? await unit.deployments.servicesOwingBackPort() : [];
    if (items.length === 0 && owing.length === 0) return undefined;
    const now = context.clock.now().toISOString();
    const lease = await unit.leases.acquire({ name: LEASE, holder, ttlMs: TTL_MS, now });
    if (lease === undefined) return undefined;
    const sorted = await sortOut(context, unit, items, settlingMs);
    return { ...sorted, lease, owing, ...(next !== undefined && { next }) };
  });
}

/**
 * Tells deployments that only wait on from those that a step is to be taken of. Nothing is locked: what
 * comes about meanwhile is committed after this, and begins another turn.
 */
async function sortOut(
  context: Context,
  unit: UnitOfWork,
  deployments: readonly Deployment[],
  settlingMs: number,
): Promise<Pick<Begun, 'moving' | 'instants'>> {
  const moving: string[] = [];
  const instants: number[] = [];
  if (deployments.length === 0) return { moving, instants };
  const facts = await loadAllFacts(context, unit, deployments, settlingMs);
  for (const stored of deployments) {
    const known = facts.get(stored.id);
    const followed = known && followDeployment(stored, known);
    const idle = followed?.move.kind === 'wait' && isSame(stored, followed.deployment);
    // What waits behind one that moves may begin in the same turn.
    const isBehind = known?.ahead !== undefined && moving.includes(known.ahead);
    if (!idle || isBehind) moving.push(stored.id);
    else if (followed.move.until !== undefined) instants.push(Date.parse(followed.move.until));
  }
  return { moving, instants };
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
