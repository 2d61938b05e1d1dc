import {
  type Deployment,
  type DeploymentFacts,
  type DeploymentTarget,
  describeHold,
  desiredValues,
  type Entity,
  recallOf,
  type ReportedRelease,
  type TargetFacts,
} from '@apollo-deploy/domain';
import { InvariantViolation, jsonDigest } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import { distinct } from '../engine/distinct.js';
import type { EvaluationRecord, SpokeRecord } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { presenceOf } from '../spokes/presence.js';
import { followedPlans, loadPlans, type LoadedPlans } from './followed-plans.js';
import { backsUp, type FreshBackup, loadFreshBackups } from './fresh-backups.js';
import { isOfOthers, otherPlanNamed } from './is-of-others.js';
import { isUrgent } from './give-way.js';
import { isStillDesired } from './is-still-desired.js';
import { withProven } from './load-proven.js';
import { loadStoredTargets, type StoredTarget } from './load-stored-targets.js';

/** Loads what a deployment is followed by. */
export async function loadDeploymentFacts(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
  settlingMs: number,
): Promise<DeploymentFacts> {
  const facts = (await loadAllFacts(context, unit, [deployment], settlingMs)).get(deployment.id);
  if (facts === undefined) throw new InvariantViolation(`no facts of ${deployment.id} were loaded`);
  return { ...facts, targets: await withProven(unit, deployment, facts.targets) };
}

/**
 * Loads what deployments are followed by, by their ids, with a number of statements that does not depend
 * on how many they are, or how many entities they are about.
 */
export async function loadAllFacts(
  context: Context,
  unit: UnitOfWork,
  deployments: readonly Deployment[],
  settlingMs: number,
): Promise<ReadonlyMap<string, DeploymentFacts>> {
  const storedOf = await loadStoredTargets(unit, deployments);
  const all = deployments.flatMap((deployment) =>
    deployment.targets.map((target) => ({ deployment, target })),
  );
  const named = all.flatMap(({ deployment, target }) => {
    const { release, entity } = storedOf(deployment, target);
    const edited = isEditedSince(target, entity) ? target.planId : undefined;
    return [otherPlanNamed(target, release), edited].flatMap((id) => id ?? []);
  });
  const targets = all.map(({ target }) => target);
  const plans = await loadPlans(unit, targets, named);
  const backupOf = await loadBackups(unit, plans, all, storedOf);
  const lineOf = await loadLine(unit, deployments);
  const recallOfIts = await loadRecalls(unit, deployments);
  const now = context.clock.now();
  return new Map(
    deployments.map((deployment) => {
      const facts = deployment.targets.map((target) => {
        const stored = storedOf(deployment, target);
        const backup = backupOf(deployment, target);
        const known = factsOf(context, { deployment, target }, stored, plans);
        return [target.entity, { ...known, ...(backup !== undefined && { backup }) }] as const;
      });
      const loaded = { now, targets: new Map(facts), settlingMs };
      return [deployment.id, { ...loaded, ...lineOf(deployment), ...recallOfIts(deployment) }];
    }),
  );
}

interface Followed {
  readonly deployment: Deployment;
  readonly target: DeploymentTarget;
}

/** The backups of what the plans of deployments replace, made since these began there. */
async function loadBackups(
  unit: UnitOfWork,
  plans: LoadedPlans,
  all: readonly Followed[],
  storedOf: (deployment: Deployment, target: DeploymentTarget) => StoredTarget,
): Promise<(deployment: Deployment, target: DeploymentTarget) => FreshBackup | undefined> {
  const replaced = all.flatMap(({ deployment, target }) => {
    const { entity, startedAt: since = '' } = target;
    const stored = storedOf(deployment, target);
    const { replaces } = followedPlans(plans, deployment, target, stored);
    return replaces === undefined || !backsUp(deployment)
      ? []
      : [{ entity, releaseDigest: replaces, since }];
  });
  const backups = await loadFreshBackups(unit, replaced);
  return (deployment, { entity, startedAt }) =>
    backsUp(deployment) && startedAt !== undefined ? backups.get(entity) : undefined;
}

/** For each deployment the one that it waits behind; for one that goes by steps what is more urgent. */
async function loadLine(
  unit: UnitOfWork,
  deployments: readonly Deployment[],
): Promise<(deployment: Deployment) => Pick<DeploymentFacts, 'ahead' | 'urgent'>> {
  const concerned = deployments.filter((one) => one.queued || goesBySteps(one));
  const others = concerned.length === 0 ? [] : await unit.deployments.underWayAt(concerned);
  return ({ service, environment, queued }) => {
    const there = others.filter(
      (one) => one.queued !== queued && one.service === service && one.environment === environment,
    );
    const [other] = queued ? there : there.filter(isUrgent);
    if (other === undefined) return {};
    return queued ? { ahead: other.id } : { urgent: other.id };
  };
}

/** What recalls the versions of those of which something has still to go out, or stands half-way. */
async function loadRecalls(
  unit: UnitOfWork,
  deployments: readonly Deployment[],
): Promise<(deployment: Deployment) => Pick<DeploymentFacts, 'recall'>> {
  const services = deployments.filter(isToBring).map(({ service }) => service);
  const recalls = services.length === 0 ? [] : await unit.recalls.ofProducts(distinct(services));
  return (deployment) => {
    const { service, toVersion } = deployment;
    const own = isToBring(deployment) ? recalls.filter((one) => one.product === service) : [];
    const recall = recallOf(own, toVersion);
    return recall === undefined ? {} : { recall };
  };
}

function isToBring(deployment: Deployment): boolean {
  return goesBySteps(deployment) || deployment.targets.some(({ state }) => TO_GO.includes(state));
}

const TO_GO: readonly DeploymentTarget['state'][] = ['waiting', 'started', 'executing'];

function goesBySteps({ targets }: Deployment): boolean {
  return targets.some(({ rollout }) => rollout !== undefined);
}

function factsOf(
  context: Context,
  { deployment, target }: Followed,
  stored: StoredTarget,
  plans: LoadedPlans,
): TargetFacts {
  const { entity, spoke, release, evaluation, openPlan } = stored;
  const heard = spokeWord(context, spoke);
  const named = otherPlanNamed(target, release);
  const isOthers = named !== undefined && isOfOthers(deployment, target, plans.get(named));
  const otherWishBy =
    otherWish(deployment, target, entity) ?? newerValues(deployment, target, entity, plans);
  const changedBy = changingPlan(target, openPlan);
  const idle = openPlan === undefined ? idleWord(target, evaluation) : undefined;
  const { replaces: _, ...followed } = followedPlans(plans, deployment, target, stored);
  return {
    spoke: heard,
    runsIt: openPlan === undefined && runsIt(deployment, entity, release),
    health: {
      ...healthOf(deployment, target, { release, isOthers, heard }),
      ...(spoke?.lastSeenAt !== undefined && { heardAt: spoke.lastSeenAt }),
    },
    ...(otherWishBy !== undefined && { otherWishBy }),
    ...(changedBy !== undefined && { changedBy }),
    ...followed,
    ...holdOf(deployment, target, stored),
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
  {
    release,
    isOthers,
    heard,
  }: Pick<StoredTarget, 'release'> & { isOthers: boolean; heard: TargetFacts['spoke'] },
): TargetFacts['health'] {
  if (heard !== 'heard') return { healthy: false, detail: `spoke ${spoke} is not heard` };
  // Where nobody looked, nobody calls it ill.
  const isGone = release === null && { ill: true as const };
  if (release == null) return { healthy: false, detail: 'nothing is installed', ...isGone };
  const { version, health, helmStatus, message, reason } = release;
  if (version !== toVersion || isOthers) {
    const by = release.planId === undefined ? '' : `, brought by plan ${release.planId}`;
    return { healthy: false, ill: true, detail: `${version} runs there${by}` };
  }
  const more = message ?? reason;
  const detail = `${version} is ${helmStatus} and ${health}${more === undefined ? '' : `: ${more}`}`;
  const healthy = health === 'Healthy' && helmStatus === 'deployed';
  const isIll = helmStatus === 'failed' || health === 'Degraded' || health === 'Missing';
  return {
    ...{ healthy, detail },
    ...(isIll && { ill: true }),
    ...(health === 'Progressing' && { progressing: true }),
  };
}

/** What is out to change what was found healthy: drift that is mended, or what others want. */
function changingPlan(
  { state, fellIllAt }: DeploymentTarget,
  openPlan: StoredTarget['openPlan'],
): string | undefined {
  const wasHealthy = state === 'healthy' || (state === 'deployed' && fellIllAt !== undefined);
  return wasHealthy && openPlan?.state === 'EXECUTING' ? openPlan.id : undefined;
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

/** Something of an entity was written since it was found healthy; it need not be what is to run. */
function isEditedSince(
  { state, startedAt }: DeploymentTarget,
  entity: Entity | undefined,
): boolean {
  return state === 'healthy' && entity !== undefined && entity.updatedAt !== startedAt;
}

/** Who has set other values since than those that were found healthy. */
function newerValues(
  { chartSha256 }: Deployment,
  target: DeploymentTarget,
  entity: Entity | undefined,
  plans: LoadedPlans,
): string | undefined {
  if (entity === undefined || !isEditedSince(target, entity)) return undefined;
  const brought = plans.get(target.planId)?.content.valuesDigest;
  return brought === jsonDigest(desiredValues(entity, chartSha256)) ? undefined : entity.editedBy;
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
const OF_CONTENT: readonly string[] = ['declined', 'up_to_date', 'no_target'];

/** Why there is no plan, as far as that was looked at. */
function idleWord(
  { startedAt = '', evaluatedBefore }: DeploymentTarget,
  evaluation: EvaluationRecord | undefined,
): TargetFacts['idle'] {
  if (evaluation === undefined || evaluation.code === 'planned') return undefined;
  const { code, why, at } = evaluation;
  const isOfBefore = at < startedAt || at === evaluatedBefore;
  return OF_CONTENT.includes(code) && isOfBefore ? undefined : { code, why };
}
