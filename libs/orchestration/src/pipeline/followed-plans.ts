import {
  type AutomaticSuppression,
  type Deployment,
  type DeploymentTarget,
  type Environment,
  type FollowedPlan,
  type FollowedRollback,
  isOpen,
  type Plan,
  type RollbackDemand,
  rolloutIn,
  type TargetFacts,
} from '@apollo-deploy/domain';
import { canonicalJson, jsonDigest } from '@apollo-deploy/kernel';
import { distinct } from '../engine/distinct.js';
import { grouped } from '../engine/grouped.js';
import { waitsForPerson } from '../engine/waits-for-person.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { isSince } from './is-since.js';

/** So many plans of an entity, the newest since its wave began, are looked through. */
const LOOKED_AT = 20;

/** The plans of one entity that a deployment follows. */
export interface FollowedPlans extends Pick<
  TargetFacts,
  'plan' | 'otherPlan' | 'rollback' | 'first'
> {
  /** Identity of the release that the plan replaces; absent: there is no plan, or none was there. */
  readonly replaces?: string;
}

/** The plans of entities that deployments follow, as they are stored. */
export interface LoadedPlans {
  /** Of the entity of a target, made since its wave began; the newest first. */
  readonly since: (target: DeploymentTarget) => readonly Plan[];
  readonly get: (id: string | undefined) => Plan | undefined;
  /** Of what has failed. */
  readonly suppressionOf: (entity: string) => AutomaticSuppression | undefined;
}

/**
 * Loads the plans that these targets are followed by, and those of these ids, with three statements at
 * most. Nothing is read of an entity that no plan is followed for.
 */
export async function loadPlans(
  unit: UnitOfWork,
  targets: readonly DeploymentTarget[],
  ids: readonly string[],
): Promise<LoadedPlans> {
  const wanted = targets.filter(isFollowed);
  const asked = wanted.map(({ entity, startedAt = '' }) => ({ entity, from: startedAt }));
  const others = Math.max(0, ...wanted.map(({ plansBefore = [] }) => plansBefore.length));
  const recent = asked.length === 0 ? [] : await unit.plans.recentOf(asked, LOOKED_AT + others);
  const known = [...ids, ...wanted.flatMap(({ planId }) => planId ?? [])];
  const named = known.length === 0 ? [] : await unit.plans.getMany([...new Set(known)]);
  const byId = new Map([...recent, ...named].map((plan) => [plan.id, plan]));
  const cut = distinct(recent.filter(wasCut).map(({ entity }) => entity));
  const found = cut.length === 0 ? [] : await unit.suppressions.ofEntities(cut);
  const suppressions = new Map(found.map((one) => [one.entity, one]));
  const byEntity = grouped(recent, ({ entity }) => entity);
  return {
    since: (target) => (byEntity.get(target.entity) ?? []).filter((one) => isSince(one, target)),
    get: (id) => (id === undefined ? undefined : byId.get(id)),
    suppressionOf: (entity) => suppressions.get(entity),
  };
}

/**
 * Finds the newest plan that brings what a deployment is for, made since its wave began or found open
 * then, and what takes it back.
 */
export function followedPlans(
  loaded: LoadedPlans,
  deployment: Deployment,
  target: DeploymentTarget,
  {
    openPlan,
    demand,
    environment,
  }: {
    readonly openPlan?: Plan | undefined;
    readonly demand?: RollbackDemand | undefined;
    readonly environment?: Environment | undefined;
  },
): FollowedPlans {
  const { entity, startedAt, planId, state } = target;
  if (!isFollowed(target) || startedAt === undefined) return {};
  const items = loaded.since(target);
  const known = loaded.get(planId);
  const recent = [openPlan, ...items].flatMap((one) => one ?? []);
  const retried = retriedAmong(items, loaded.suppressionOf(entity));
  const bringsIt = brings(deployment, target);
  const bringing = [...recent, known].flatMap((one) => one ?? []).filter(bringsIt);
  const plan = state === 'rolling_back' ? known : theOneThatCounts(bringing, retried);
  return {
    ...(plan !== undefined && {
      plan: { ...followed(plan, retried), ...waitsFor(plan, environment) },
    }),
    ...(plan?.content.base != null && { replaces: plan.content.base.releaseDigest }),
    ...otherPlanOf(bringsIt, target, openPlan),
    ...rollbackFacts(plan, recent, demand),
    ...(state === 'started' && firstOf(openPlan, demand)),
  };
}

/** What goes back before anything new comes; it is of no plan of the deployment. */
function firstOf(
  openPlan: Plan | undefined,
  demand: RollbackDemand | undefined,
): Pick<TargetFacts, 'first'> {
  if (openPlan?.planClass === 'automatic_rollback') return { first: told(openPlan) };
  return demand === undefined ? {} : { first: { version: demand.to.version } };
}

function waitsFor(plan: Plan, environment: Environment | undefined): Pick<FollowedPlan, 'manual'> {
  const manual = environment !== undefined && waitsForPerson(environment, plan);
  return manual ? { manual } : {};
}

const FOLLOWED: readonly DeploymentTarget['state'][] = ['started', 'executing', 'rolling_back'];

function isFollowed({ state, startedAt }: DeploymentTarget): boolean {
  return FOLLOWED.includes(state) && startedAt !== undefined;
}

function rollbackFacts(
  plan: Plan | undefined,
  recent: readonly Plan[],
  demand: RollbackDemand | undefined,
): Pick<TargetFacts, 'rollback'> {
  const rollback = plan && rollbackOf(plan, recent, demand);
  return rollback === undefined ? {} : { rollback };
}

function otherPlanOf(
  bringsIt: (plan: Plan) => boolean,
  target: DeploymentTarget,
  openPlan: Plan | undefined,
): Pick<TargetFacts, 'otherPlan'> {
  if (openPlan === undefined || bringsIt(openPlan)) return {};
  if (!isNewWish(openPlan, target)) return {};
  return { otherPlan: { id: openPlan.id, version: openPlan.to?.version ?? null } };
}

/** Of what goes by steps, only what brings this one. */
function brings(
  { chartSha256 }: Deployment,
  { values, rollout }: DeploymentTarget,
): (plan: Plan) => boolean {
  const valuesDigest = values && jsonDigest(values);
  const isThisStep = (plan: Plan): boolean =>
    rollout === undefined ||
    canonicalJson({ ...rolloutIn(plan.values) }) === canonicalJson({ ...rollout.values });
  return (plan) =>
    plan.content.chart?.sha256 === chartSha256 &&
    (valuesDigest === undefined || plan.content.valuesDigest === valuesDigest) &&
    plan.planClass !== 'automatic_rollback' &&
    isThisStep(plan);
}

/** A rollback of what failed before is no other wish: what is desired comes after it. */
function isNewWish(plan: Plan, target: DeploymentTarget): boolean {
  const { createdAt, planClass, state } = plan;
  const isLater = createdAt !== target.startedAt && isSince(plan, target);
  return isLater && planClass !== 'automatic_rollback' && isOpen(state);
}

function rollbackOf(
  { id }: Plan,
  recent: readonly Plan[],
  demand: RollbackDemand | undefined,
): TargetFacts['rollback'] {
  const plan = recent.find(
    ({ rollbackOf: of, planClass }) => of === id && planClass === 'automatic_rollback',
  );
  if (plan !== undefined && (isOpen(plan.state) || plan.state === 'SUCCEEDED')) return told(plan);
  if (demand?.because === id) return 'demanded';
  return plan && told(plan);
}

function told({ id, state, message, to, violations }: Plan): FollowedRollback {
  return {
    ...{ id, state, violations, version: to?.version ?? null },
    ...(message !== undefined && { message }),
  };
}

function followed(plan: Plan, retried: string | undefined): FollowedPlan {
  const { id, type, state, violations, outcome, cancelReason, message, recheckAt } = plan;
  return {
    ...{ id, type, state, violations },
    ...(outcome !== undefined && { outcome }),
    ...(cancelReason !== undefined && { cancelReason }),
    ...(message !== undefined && { message }),
    ...(recheckAt !== undefined && { recheckAt }),
    ...(state === 'FAILED' && { retries: id === retried }),
  };
}

/**
 * The first that has ended by what it did: another try that the engine makes after its back-off is
 * nobody's deployment. Else the newest. `bringing`: newest first.
 */
function theOneThatCounts(
  bringing: readonly Plan[],
  retried: string | undefined,
): Plan | undefined {
  const hasDone = ({ id, state }: Plan): boolean =>
    !isOpen(state) && state !== 'CANCELLED' && id !== retried;
  return bringing.findLast(hasDone) ?? bringing[0];
}

/** What was cut off is tried once more, and suppresses nothing until that has failed as well. */
function retriedAmong(
  plans: readonly Plan[],
  suppression: AutomaticSuppression | undefined,
): string | undefined {
  const cut = plans.filter(wasCut);
  const first = cut.at(-1);
  if (first === undefined) return undefined;
  return suppression !== undefined && cut.some(({ id }) => id === suppression.planId)
    ? undefined
    : first.id;
}

function wasCut({ state, evidence }: Plan): boolean {
  return state === 'FAILED' && evidence?.['interrupted'] === true;
}
