import { type Deployment, followDeployment } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { Lease } from '../ports/leases.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { LeaseLost } from '../scheduling/under-lease.js';
import type { FollowTools } from './follow-tools.js';
import type { HealthAsks } from './health-asks.js';
import { loadAllFacts } from './load-deployment-facts.js';
import { settleBackPorts } from './settle-back-ports.js';
import { isSame, stepDeployment, type Stepped } from './step-deployment.js';

const LEASE = 'deployments';
/** Longer than a step takes. A replica that dies delays deployments by as much. */
const TTL_MS = 15_000;
/** So many are read at once. */
const PAGE = 200;
/** More steps than a deployment has in one turn; the next turn goes on. */
const STEPS_MAX = 20;

/** What deployments are followed with. */
export interface Following {
  readonly tools: FollowTools;
  readonly asks: HealthAsks;
  /** One running process. */
  readonly holder: string;
}

/**
 * Takes every deployment under way as far as it goes now, one transaction a step. Which of them only wait
 * on is seen of all at once, with a number of statements that does not depend on how many they are.
 * Whatever a step goes by is read from the store, so that nothing is lost with a replica that dies between
 * two steps. One deployment that meets an error does not keep the others; what was met is thrown in the
 * end. What hotfixes owe below production is looked at as well, however it came there. Nobody is waited for
 * who is asked how a service does: another turn has their answer. Answers when time alone moves one next;
 * nothing while another replica follows.
 */
export async function followDeployments(
  context: Context,
  following: Following,
): Promise<Date | undefined> {
  const errors: unknown[] = [];
  const instants: number[] = [];
  let after: string | undefined;
  do {
    const found = await begin(context, following, after);
    if (found === undefined) break;
    instants.push(...found.instants);
    for (const service of found.owing) {
      try {
        await inLease(context, found.lease, (unit) => settleBackPorts(context, unit, service));
      } catch (error) {
        errors.push(error);
      }
    }
    for (const id of found.moving) {
      try {
        const until = await followOne(context, following, found.lease, id);
        if (until !== undefined) instants.push(Date.parse(until));
      } catch (error) {
        errors.push(error);
      }
    }
    after = found.next;
  } while (after !== undefined);
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, 'several deployments were not followed');
  return instants.length === 0 ? undefined : new Date(Math.min(...instants));
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
  { tools: { settlingMs }, holder }: Following,
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

/** Answers when time alone moves it next; `undefined` also while somebody is asked how it does. */
async function followOne(
  context: Context,
  { tools, asks }: Following,
  lease: Lease,
  id: string,
): Promise<string | undefined> {
  if (asks.isAsking(id)) return undefined;
  const answer = asks.take(id);
  for (let steps = 0; steps < STEPS_MAX; steps += 1) {
    const said = steps === 0 ? answer : undefined;
    const stepped: Stepped | undefined = await inLease(context, lease, (unit) =>
      stepDeployment(context, unit, id, tools, said),
    );
    if (stepped === undefined || stepped.did === 'end') return undefined;
    if (stepped.did === 'wait') return stepped.until;
    if (stepped.did !== 'asks') continue;
    asks.ask(stepped.deployment);
    return undefined;
  }
  return context.clock.now().toISOString();
}

/** Renews the lease, as many steps may take long; as with a fence it does not pass on meanwhile. */
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
