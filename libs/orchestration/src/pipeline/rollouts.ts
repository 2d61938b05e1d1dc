import {
  contentKey,
  type DeclaredStrategy,
  type Deployment,
  type DeploymentTarget,
  type Entity,
  firstStep,
  isNewer,
  nextStep,
  type Rollout,
  runningVersion,
  type TargetRollout,
} from '@apollo-deploy/domain';
import { jsonDigest } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { ENGINE } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { DeploymentMoved } from './deployment-moved.js';
import { reportedReleaseOf } from './reported-release.js';
import { thereBefore } from './there-before.js';

/** What a deployment sets at an entity for its strategy, and what it keeps of that itself. */
interface StrategyAt {
  readonly ofEntity: Pick<Entity, 'rollout'>;
  readonly ofTarget: Pick<DeploymentTarget, 'rollout' | 'note'>;
}

/** How a strategy begins at an entity; where a hotfix does not go by its own, with the reason. */
export async function strategyAt(
  unit: UnitOfWork,
  deployment: Deployment,
  entity: Entity | undefined,
): Promise<StrategyAt> {
  const begun = entity && (await beginRollout(unit, deployment, entity));
  if (begun !== undefined) {
    return { ofEntity: { rollout: begun.ofEntity }, ofTarget: { rollout: begun.ofTarget } };
  }
  const note = entity && (await whyNotImmediate(unit, deployment, entity));
  return { ofEntity: {}, ofTarget: note === undefined ? {} : { note } };
}

/** A strategy at one entity, as the deployment and as the entity keep it. */
interface BegunRollout {
  readonly ofTarget: TargetRollout;
  readonly ofEntity: Rollout;
}

/**
 * The first step of a strategy that the chart of a deployment declares; `undefined` where nothing is
 * said to the chart: by another strategy, where nothing of Apollo's runs, and for strategies by which
 * that serves meanwhile, where it did not deploy or is not older. By `immediate` any other version gives
 * way whose chart declares it too: else the API server would refuse the change of how pods are replaced.
 */
async function beginRollout(
  unit: UnitOfWork,
  deployment: Deployment,
  entity: Entity,
): Promise<BegunRollout | undefined> {
  const { id, service, strategy, toVersion, chartSha256 } = deployment;
  if (strategy === 'rolling') return undefined;
  if (!(await declares(unit, service, toVersion, strategy))) return undefined;
  const stable = await versionBeside(unit, entity, strategy);
  if (stable === undefined || stable === toVersion) return undefined;
  const mayReplace =
    strategy === 'immediate'
      ? await declares(unit, service, stable, strategy)
      : isNewer(toVersion, stable);
  if (!mayReplace) return undefined;
  const ofTarget = firstStep(strategy, { stable, candidate: toVersion });
  const { values } = ofTarget;
  return { ofTarget, ofEntity: { deployment: id, strategy, chartSha256, values } };
}

/**
 * Why a hotfix does not replace all pods at once, in a sentence for people; `undefined` = it does, or it
 * is another deployment. `entity`: where; absent = by what ran when it began.
 */
export async function whyNotImmediate(
  unit: UnitOfWork,
  deployment: Pick<Deployment, 'service' | 'strategy' | 'toVersion' | 'fromVersion'>,
  entity?: Entity,
): Promise<string | undefined> {
  const { service, strategy, toVersion, fromVersion } = deployment;
  if (strategy !== 'immediate') return undefined;
  const lacks = `does not declare immediate (annotation apollo/strategies in Chart.yaml)`;
  const says = `pods are replaced as the chart of ${service} ${toVersion} says, as`;
  if (!(await declares(unit, service, toVersion, strategy))) return `${says} it ${lacks}`;
  const runs = entity === undefined ? fromVersion : await versionBeside(unit, entity, strategy);
  if (runs === undefined || (await declares(unit, service, runs, strategy))) return undefined;
  return `${says} that of ${runs}, which runs, ${lacks}`;
}

async function declares(
  unit: UnitOfWork,
  service: string,
  version: string,
  strategy: DeclaredStrategy,
): Promise<boolean> {
  const release = await unit.releases.get(service, version);
  return release?.strategies?.includes(strategy) === true;
}

/** The version that the candidate takes the place of. */
async function versionBeside(
  unit: UnitOfWork,
  entity: Entity,
  strategy: DeclaredStrategy,
): Promise<string | undefined> {
  const release = await reportedReleaseOf(unit, entity);
  if (release == null || release.unmanaged === true) return undefined;
  const mayServe = release.helmStatus === 'deployed' || strategy === 'immediate';
  return mayServe ? runningVersion(release) : undefined;
}

/**
 * Goes on with the strategy at an entity, a step further. Where somebody has said meanwhile that
 * something else is to run, nothing is changed, and the next look at the deployment finds that.
 */
export async function advanceTarget(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
  target: DeploymentTarget,
): Promise<DeploymentTarget> {
  const { planId, rollout } = target;
  const entity = await unit.entities.get(target.entity);
  if (rollout === undefined || entity?.rollout?.deployment !== deployment.id) return target;
  const broughtBy = planId ?? rollout.broughtBy;
  if (broughtBy === undefined) return target;
  const next = nextStep(rollout, broughtBy);
  const startedAt = context.clock.now().toISOString();
  const { firstPlan = broughtBy } = entity.rollout;
  const saved = await unit.entities.save({
    ...entity,
    rollout: { ...entity.rollout, values: next.values, firstPlan },
    updatedAt: startedAt,
  });
  if (!saved.ok) throw new DeploymentMoved(deployment.id);
  await unit.dirty.mark([entity.name]);
  await record(context, unit, ENGINE, {
    action: 'entity.update',
    subject: `entity/${entity.name}`,
    detail: {
      ...{ deployment: deployment.id, step: next.step, steps: next.steps },
      weight: next.values?.weight ?? null,
    },
  });
  const { planId: _, plansBefore: __, evaluatedBefore: ___, ...rest } = target;
  const there = await thereBefore(unit, entity.name, startedAt);
  return { ...rest, ...there, state: 'started', startedAt, looks: [], rollout: next };
}

/**
 * A deployment is over: its entities say nothing of its strategy any more. `stays`: what it brought there is
 * still desired.
 */
export async function endRollout(
  context: Context,
  unit: UnitOfWork,
  { id }: Deployment,
  target: DeploymentTarget,
  stays: boolean,
): Promise<void> {
  if (target.rollout === undefined) return;
  const entity = await unit.entities.get(target.entity);
  if (entity === undefined) return;
  if (!stays) await declineAtOnce(context, unit, entity, target);
  if (entity.rollout?.deployment !== id) return;
  const { rollout: _, ...rest } = entity;
  const saved = await unit.entities.save(rest);
  if (!saved.ok) throw new DeploymentMoved(id);
  await unit.dirty.mark([entity.name]);
}

/**
 * What failed step by step does not come all at once, as where a channel brings it: it waits for a person
 * who asks for it, or a change.
 */
async function declineAtOnce(
  context: Context,
  unit: UnitOfWork,
  { name, values }: Entity,
  { rollout, planId, state, note }: DeploymentTarget,
): Promise<void> {
  if (rollout === undefined || planId === undefined || state !== 'failed') return;
  const plan = await unit.plans.get(planId);
  if (plan === undefined) return;
  await unit.declines.put({
    ...{ entity: name, planId, by: ENGINE.name, failures: 0, standing: true },
    contentKey: contentKey({ ...plan.content, valuesDigest: jsonDigest(values) }),
    at: context.clock.now().toISOString(),
    why: `was a step of a strategy that failed: ${note ?? 'it did not say why'}`,
  });
}
