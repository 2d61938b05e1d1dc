import {
  type AccreditationRouter,
  type Delegation,
  type Person,
  type Plan,
} from '@apollo-deploy/domain';
import { distinct } from '../engine/distinct.js';
import { grouped } from '../engine/grouped.js';
import type { LoadedFacts } from '../engine/load-facts.js';
import type { ApprovalRecord, ApprovalRequestRecord } from '../ports/approval-repositories.js';
import type { ChannelEntry } from '../ports/catalog-repositories.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { loadPeople } from './load-people.js';
import { loadRouter } from './rules-in-force.js';

/** All that decides who must agree to a plan of an entity, and who has. */
export interface GateFacts {
  readonly router: AccreditationRouter;
  /** Of the entity, what stands, whatever the content. */
  readonly approvals: readonly ApprovalRecord[];
  readonly requests: readonly ApprovalRequestRecord[];
  /** With their roles in the environment. */
  readonly people: readonly Person[];
  readonly delegations: readonly Delegation[];
  /** Of its product. */
  readonly channelEntries: readonly ChannelEntry[];
  /** The plan that it owes to take back. */
  readonly takenBack?: Plan;
  /** The plan that began the strategy which is under way there. */
  readonly begunBy?: Plan;
}

/** The facts of an entity with those that gates are judged by; `null`: no plan there waits for anybody. */
export interface GatedFacts extends LoadedFacts {
  readonly gates: GateFacts | null;
}

/**
 * Adds to the facts of a batch what gates are judged by, with a number of statements that does not
 * depend on the size of the batch: one where nobody is asked there.
 */
export async function loadGates(
  unit: UnitOfWork,
  batch: readonly LoadedFacts[],
): Promise<readonly GatedFacts[]> {
  if (batch.length === 0) return [];
  const router = await loadRouter(unit);
  const concerned = batch.filter((facts) => isConcerned(router, facts));
  if (concerned.length === 0) return batch.map((facts) => ({ ...facts, gates: null }));
  const entities = concerned.map(({ entityFacts }) => entityFacts.entity);
  const names = entities.map(({ name }) => name);
  const approvals = grouped(await unit.approvals.standing(names), ({ entity }) => entity);
  const requests = grouped(await unit.approvalRequests.ofEntities(names), ({ entity }) => entity);
  const now = concerned[0]?.surroundings.presence.now ?? new Date(0);
  const delegations = await unit.delegations.endingAfter(now.toISOString());
  const peopleIn = await loadPeople(unit, [
    ...[...approvals.values()].flatMap((given) => given.map(({ by }) => by)),
    ...delegations.map(({ to }) => to),
  ]);
  const products = distinct(entities.map(({ product }) => product));
  const entries = grouped(await unit.channels.ofProducts(products), ({ product }) => product);
  const goneBefore = concerned.flatMap(({ entityFacts: { rollbackDemand, entity } }) =>
    [rollbackDemand?.because, entity.rollout?.firstPlan].flatMap((id) => id ?? []),
  );
  const before = goneBefore.length === 0 ? [] : await unit.plans.getMany(distinct(goneBefore));
  return batch.map((facts) => {
    if (!isConcerned(router, facts)) return { ...facts, gates: null };
    const { entity, rollbackDemand } = facts.entityFacts;
    const undone = before.find(({ id }) => id === rollbackDemand?.because);
    const begunBy = before.find(({ id }) => id === entity.rollout?.firstPlan);
    const gates: GateFacts = {
      router,
      approvals: approvals.get(entity.name) ?? [],
      requests: requests.get(entity.name) ?? [],
      people: peopleIn(entity.environment),
      delegations,
      channelEntries: entries.get(entity.product) ?? [],
      ...(undone !== undefined && { takenBack: undone }),
      ...(begunBy !== undefined && { begunBy }),
    };
    return { ...facts, gates };
  });
}

function isConcerned(
  router: AccreditationRouter,
  { environment, entityFacts: { product } }: LoadedFacts,
): boolean {
  return router.concerns({
    environment: environment.name,
    tier: environment.tier,
    product: product.name,
    criticality: product.criticality,
  });
}
