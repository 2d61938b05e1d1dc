import {
  type Deployment,
  type DeploymentFacts,
  type DeploymentTarget,
  describeHold,
  desiredValues,
  type Entity,
  type Environment,
  type Hold,
  type Plan,
  type ReportedRelease,
  type RollbackDemand,
  type TargetFacts,
} from '@apollo-deploy/domain';
import { jsonDigest } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import { releaseKey } from '../engine/release-key.js';
import type { EvaluationRecord, ReleaseSummary, SpokeRecord } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { presenceOf } from '../spokes/presence.js';
import { reportedState } from '../spokes/release-state.js';
import { followedPlans, type FollowedPlans } from './followed-plans.js';
import { isOfOthers } from './is-of-others.js';
import { isStillDesired } from './is-still-desired.js';
import { loadFreshBackups, type Replaced } from './fresh-backups.js';

/** What is stored of one entity of a deployment. */
interface StoredTarget {
  readonly entity: Entity | undefined;
  readonly spoke: SpokeRecord | undefined;
  readonly state: ReleaseSummary | undefined;
  readonly evaluation: EvaluationRecord | undefined;
  readonly demand: RollbackDemand | undefined;
  readonly openPlan: Plan | undefined;
  readonly hold: Hold | undefined;
  readonly environment: Environment | undefined;
}

/** What its spoke saw last, and whether that is somebody else's work. */
interface SeenRelease {
  readonly release: ReportedRelease | null | undefined;
  readonly isOthers: boolean;
}

/**
 * Loads what a deployment is followed by. The number of statements depends on how many of its entities
 * a plan is followed for, and on nothing that has ended.
 */
export async function loadDeploymentFacts(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
  settlingMs: number,
): Promise<DeploymentFacts> {
  const { targets } = deployment;
  const names = targets.map(({ entity }) => entity);
  // Open plans before states: a plan that ends in between is then seen open, or its state is seen.
  const openPlans = byEntity(await unit.plans.openOf(names));
  const entities = await unit.entities.getMany(names);
  const byName = new Map(entities.map((entity) => [entity.name, entity]));
  const spokes = await unit.spokes.getMany([...new Set(targets.map(({ spoke }) => spoke))]);
  const spokeOf = new Map(spokes.map((spoke) => [spoke.name, spoke]));
  const summaries = await unit.releaseStates.summaries(entities);
  const states = new Map(summaries.map((state) => [releaseKey(state), state]));
  const evaluations = byEntity(await unit.evaluations.getMany(names));
  const demands = byEntity(await unit.rollbackDemands.ofEntities(names));
  const holds = byEntity(await unit.holds.ofEntities(names));
  const environment = await unit.environments.get(deployment.environment);
  const loaded = new Map<string, TargetFacts>();
  const replaced: Replaced[] = [];
  for (const target of targets) {
    const entity = byName.get(target.entity);
    const stored: StoredTarget = {
      entity,
      spoke: spokeOf.get(target.spoke),
      state: entity && states.get(releaseKey(entity)),
      evaluation: evaluations.get(target.entity),
      demand: demands.get(target.entity),
      openPlan: openPlans.get(target.entity),
      hold: holds.get(target.entity),
      environment,
    };
    const release = entity && reportedState(entity, stored.spoke, stored.state)?.release;
    const isOthers = await isOfOthers(unit, deployment, target, release);
    const { replaces, ...plans } = await followedPlans(unit, deployment, target, stored);
    if (replaces !== undefined) replaced.push({ entity: target.entity, releaseDigest: replaces });
    loaded.set(
      target.entity,
      factsOf(context, deployment, target, { ...stored, release, isOthers, plans }),
    );
  }
  for (const [entity, backup] of await loadFreshBackups(unit, deployment, replaced)) {
    const facts = loaded.get(entity);
    if (facts !== undefined) loaded.set(entity, { ...facts, backup });
  }
  const ahead = deployment.queued ? await aheadOf(unit, deployment) : undefined;
  return {
    now: context.clock.now(),
    targets: loaded,
    settlingMs,
    ...(ahead !== undefined && { ahead }),
  };
}

async function aheadOf(unit: UnitOfWork, deployment: Deployment): Promise<string | undefined> {
  const others = await unit.deployments.underWayAt([deployment]);
  return others.find(({ queued }) => !queued)?.id;
}

function factsOf(
  context: Context,
  deployment: Deployment,
  target: DeploymentTarget,
  {
    entity,
    spoke,
    evaluation,
    plans,
    openPlan,
    hold,
    ...seen
  }: StoredTarget & SeenRelease & { plans: Omit<FollowedPlans, 'replaces'> },
): TargetFacts {
  const heard = spokeWord(context, spoke);
  const { release } = seen;
  const otherWishBy = otherWish(deployment, target, entity);
  const idle = openPlan === undefined ? idleWord(target, evaluation) : undefined;
  return {
    spoke: heard,
    runsIt: openPlan === undefined && runsIt(deployment, entity, release),
    health: healthOf(deployment, target, { ...seen, heard }),
    ...(otherWishBy !== undefined && { otherWishBy }),
    ...plans,
    ...holdOf(deployment, target, { hold, entity }),
    ...(idle !== undefined && { idle }),
  };
}

/** One that has connected anew and not yet said what runs is not heard. */
function spokeWord(
  { clock, startedAt }: Context,
  spoke: SpokeRecord | undefined,
): TargetFacts['spoke'] {
  if (spoke === undefined) return 'lost';
  const presence = presenceOf(spoke, { now: clock.now(), startedAt });
  if (presence === 'lost' || presence === 'revoked' || presence === 'pending') return 'lost';
  return presence === 'connected' && spoke.stateEpoch === spoke.epoch ? 'heard' : 'silent';
}

function runsIt(
  { toVersion, chartSha256 }: Deployment,
  entity: Entity | undefined,
  release: ReportedRelease | null | undefined,
): boolean {
  return (
    entity !== undefined &&
    release?.version === toVersion &&
    release.helmStatus === 'deployed' &&
    !release.drifted &&
    release.unmanaged !== true &&
    release.valuesDigest === jsonDigest(desiredValues(entity, chartSha256))
  );
}

function healthOf(
  { toVersion }: Deployment,
  { spoke }: DeploymentTarget,
  { release, isOthers, heard }: SeenRelease & { heard: TargetFacts['spoke'] },
): TargetFacts['health'] {
  if (heard !== 'heard') return { healthy: false, detail: `spoke ${spoke} is not heard` };
  if (release == null) return { healthy: false, detail: 'nothing is installed' };
  const { version, health, helmStatus, message, reason } = release;
  if (version !== toVersion || isOthers) {
    const by = release.planId === undefined ? '' : `, brought by plan ${release.planId}`;
    return { healthy: false, detail: `${version} runs there${by}` };
  }
  const more = message ?? reason;
  const detail = `${version} is ${helmStatus} and ${health}${more === undefined ? '' : `: ${more}`}`;
  return { healthy: health === 'Healthy' && helmStatus === 'deployed', detail };
}

function otherWish(
  deployment: Deployment,
  target: DeploymentTarget,
  entity: Entity | undefined,
): string | undefined {
  if (target.startedAt === undefined) return undefined;
  if (entity === undefined) return 'somebody who has taken the entity out';
  return isStillDesired(deployment, target, entity) ? undefined : entity.editedBy;
}

/** A hold goes before what is desired, where it fixes something else. */
function holdOf(
  { toVersion, chartSha256 }: Deployment,
  { state }: DeploymentTarget,
  { hold, entity }: Pick<StoredTarget, 'hold' | 'entity'>,
): Pick<TargetFacts, 'hold'> {
  const { fixes } = hold ?? {};
  if (state !== 'started' || hold === undefined || fixes === undefined) return {};
  const valuesDigest = entity && jsonDigest(entity.values);
  if (fixes.chartSha256 === chartSha256 && fixes.valuesDigest === valuesDigest) return {};
  const message = `${hold.entity} is held at ${fixes.version}, and not brought to ${toVersion}: ${describeHold(hold)}`;
  return { hold: { id: hold.id, message } };
}

/** These count only if they were said since it began there: before, nobody had asked for its content. */
const OF_CONTENT: readonly string[] = ['declined', 'up_to_date'];

/** Why there is no plan, as far as that was looked at. */
function idleWord(
  { startedAt = '' }: DeploymentTarget,
  evaluation: EvaluationRecord | undefined,
): TargetFacts['idle'] {
  if (evaluation === undefined || evaluation.code === 'planned') return undefined;
  const { code, why, at } = evaluation;
  return OF_CONTENT.includes(code) && at < startedAt ? undefined : { code, why };
}

function byEntity<T extends { readonly entity: string }>(rows: readonly T[]): Map<string, T> {
  return new Map(rows.map((row) => [row.entity, row]));
}
