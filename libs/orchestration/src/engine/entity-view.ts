import {
  type AutomaticSuppression,
  describeHold,
  ConstraintSet,
  type Entity,
  type Hold,
  type IdleCode,
  isSuppressedAt,
  isUnderWay,
  type Plan,
  planDigest,
  type Proposal,
  proposePlan,
  type ReportedState,
} from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { Page, PageRequest } from '../ports/page.js';
import type { LostLedger } from '../ports/records.js';
import type { EntityFilter } from '../ports/fleet-repositories.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { presenceOf, type PresenceFacts } from '../spokes/presence.js';
import { lossOf } from '../spokes/note-lost-ledgers.js';
import { whatLifts } from './holds.js';
import { heldBySettling } from './keep-settling.js';
import { type LoadedFacts, loadFacts } from './load-facts.js';
import { replicaFacts } from './replica-facts.js';

/** One word for how an entity does. */
export const ENTITY_STATUSES = [
  'up_to_date',
  'pending',
  'blocked',
  'executing',
  'failed',
  'declined',
  'suppressed',
  'held',
  'unknown',
] as const;
export type EntityStatus = (typeof ENTITY_STATUSES)[number];

/** An entity with what it should run, what runs, and why. Derived at the instant it is read. */
export interface EntityView {
  readonly entity: Entity;
  readonly target: { readonly version: string | null; readonly reason: string };
  readonly reported?: ReportedState & { readonly stale: boolean };
  readonly status: EntityStatus;
  readonly why: string;
  readonly openPlan?: Plan;
  readonly hold?: Hold;
  /** Only while it lasts. */
  readonly suppression?: AutomaticSuppression;
  /** The ledger in its cluster knows nothing of the plan that brought what runs. */
  readonly ledgerLost?: LostLedger;
}

export async function viewEntity(context: Context, name: string): Promise<EntityView | undefined> {
  const presence = replicaFacts(context);
  const [facts] = await context.store.transact(async (unit) =>
    loadFacts(unit, [name], presence, await choosing(unit)),
  );
  return facts === undefined ? undefined : viewOf(facts);
}

/** One page of entities in the order of their names. */
export async function listEntities(
  context: Context,
  filter: EntityFilter,
  page: PageRequest,
): Promise<Page<EntityView>> {
  const presence = replicaFacts(context);
  return context.store.transact(async (unit) => {
    const { items, next } = await unit.entities.list(filter, page);
    const names = items.map(({ name }) => name);
    const views = new Map(
      (await loadFacts(unit, names, presence, await choosing(unit))).map((facts) => [
        facts.entityFacts.entity.name,
        viewOf(facts),
      ]),
    );
    return {
      items: names.flatMap((name) => views.get(name) ?? []),
      ...(next !== undefined && { next }),
    };
  });
}

/** The constraints that have a say in what the target is. */
async function choosing(unit: UnitOfWork): Promise<ConstraintSet> {
  const stored = await unit.constraints.all();
  return new ConstraintSet(stored.filter(({ kind }) => kind === 'soak'));
}

function viewOf(facts: LoadedFacts): EntityView {
  const { entity, reported, openPlan } = facts.entityFacts;
  const proposal = proposePlan(facts.entityFacts);
  const { hold, suppression } = proposal.restraints.inForce;
  const suppressed =
    suppression !== undefined && isSuppressedAt(suppression, facts.surroundings.presence.now);
  const ledgerLost = lossOf(facts.surroundings.spoke, entity);
  return {
    entity,
    target: {
      version: proposal.target.kind === 'release' ? proposal.target.release.version : null,
      reason: proposal.target.reason,
    },
    ...(reported !== undefined && {
      reported: { ...reported, stale: isStale(facts) },
    }),
    ...statusOf(facts, proposal, openPlan),
    ...(openPlan !== undefined && { openPlan }),
    ...(hold !== undefined && { hold }),
    ...(suppressed && { suppression }),
    ...(ledgerLost !== undefined && { ledgerLost }),
  };
}

function statusOf(
  facts: LoadedFacts,
  proposal: Proposal,
  openPlan: Plan | undefined,
): Pick<EntityView, 'status' | 'why'> {
  if (openPlan !== undefined) {
    const news = newsFor(openPlan, facts, proposal);
    return news === undefined
      ? statusOfOpenPlan(openPlan, facts)
      : { status: 'pending', why: news };
  }
  if (proposal.kind === 'plan') return { status: 'pending', why: proposal.plan.reason };
  if (isStale(facts) && facts.entityFacts.reported !== undefined) {
    const { spoke, presence } = facts.surroundings;
    const why = `as last seen at ${facts.entityFacts.reported.at}: ${proposal.why}; spoke ${spoke.name} ${doing(spoke, presence)}`;
    return { status: 'unknown', why };
  }
  const { hold } = proposal.restraints.inForce;
  if (hold !== undefined && isHeldIdle(hold, proposal.code)) {
    return {
      status: 'held',
      why: `${proposal.why}; held: ${describeHold(hold)}; ${whatLifts(hold)}`,
    };
  }
  return { status: STATUS_OF_IDLE[proposal.code](facts), why: proposal.why };
}

/** Where nothing is to be done, a hold is what people ask for; one of a failed rollback keeps it from another try. */
function isHeldIdle({ cause }: Hold, code: IdleCode): boolean {
  return code === 'up_to_date' || (code === 'declined' && cause === 'rollback_failed');
}

/**
 * What is desired has been changed since the plan was made, to something else: what the plan is for, and
 * what holds it, is no answer to that. The next evaluation judges it.
 */
function newsFor(plan: Plan, facts: LoadedFacts, proposal: Proposal): string | undefined {
  const { updatedAt } = facts.entityFacts.entity;
  if (isUnderWay(plan) || Date.parse(updatedAt) < Date.parse(plan.createdAt)) return undefined;
  if (heldBySettling(plan) !== undefined) return undefined;
  if (proposal.kind === 'plan' && planDigest(proposal.plan.content) === plan.digest) {
    return undefined;
  }
  const wish = proposal.kind === 'plan' ? proposal.plan.reason : proposal.why;
  return `what is desired was changed at ${updatedAt} and is not judged yet: ${wish}; plan ${plan.id}, made for what was desired before, then gives way`;
}

function progressOf(plan: Plan, facts: LoadedFacts): string {
  const { message, waitingSince } = plan.progress ?? {};
  const waits =
    waitingSince === undefined ? '' : `, waiting since ${waitingSince}: ${String(message)}`;
  const phase = `${plan.phase ?? 'dispatched'}${waits}`;
  const { spoke, presence: seen } = facts.surroundings;
  const { name, lastSeenAt = 'never' } = spoke;
  const presence = presenceOf(spoke, seen);
  if (presence === 'connected') return phase;
  return `${phase}, as last heard; spoke ${name} is ${presence} (last seen ${lastSeenAt}) and will say how it ended`;
}

function doing(spoke: LoadedFacts['surroundings']['spoke'], presence: PresenceFacts): string {
  const since = spoke.connected ? spoke.hello?.blindSince : undefined;
  if (since === undefined) return `is ${presenceOf(spoke, presence)} and may have more to say`;
  return `cannot see its cluster since ${since}: see whether the API server there is up`;
}

/** Nobody is looking: what was seen last may no longer be so. */
function isStale({ surroundings: { spoke, presence } }: LoadedFacts): boolean {
  return presenceOf(spoke, presence) !== 'connected' || spoke.stateEpoch !== spoke.epoch;
}

function statusOfOpenPlan(plan: Plan, facts: LoadedFacts): Pick<EntityView, 'status' | 'why'> {
  switch (plan.state) {
    case 'BLOCKED':
      return {
        status: statusOfBlocked(plan),
        why: `${plan.reason}; ${plan.violations.map(({ message }) => message).join('; ')}`,
      };
    case 'EXECUTING':
      return {
        status: 'executing',
        why: `plan ${plan.id} (${plan.type}): ${progressOf(plan, facts)}`,
      };
    case 'UNKNOWN':
      return { status: 'unknown', why: plan.message ?? `plan ${plan.id} has an unknown outcome` };
    default:
      return { status: 'pending', why: plan.reason };
  }
}

/** The strongest of what blocks it: a hold ends only when somebody or something ends it. */
function statusOfBlocked({ violations }: Plan): EntityStatus {
  const codes = new Set(violations.map(({ code }) => code));
  if (codes.has('hold')) return 'held';
  const suppressed = codes.has('automatic_suppression') || codes.has('environment_breaker');
  return suppressed ? 'suppressed' : 'blocked';
}

const STATUS_OF_IDLE: Record<
  Extract<Proposal, { kind: 'nothing' }>['code'],
  (facts: LoadedFacts) => EntityStatus
> = {
  no_report: () => 'unknown',
  in_progress: () => 'executing',
  absent_as_desired: () => 'up_to_date',
  up_to_date: () => 'up_to_date',
  unhealthy: () => 'failed',
  no_target: () => 'blocked',
  target_below_reported: () => 'declined',
  locked: () => 'blocked',
  declined: ({ entityFacts }) =>
    entityFacts.declines.some(({ standing, failures }) => standing && failures > 0)
      ? 'failed'
      : 'declined',
};
