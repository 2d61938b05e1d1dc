import {
  contentKey,
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

/** A strategy at one entity, as the deployment and as the entity keep it. */
export interface BegunRollout {
  readonly ofTarget: TargetRollout;
  readonly ofEntity: Rollout;
}

/**
 * The first step of a strategy that the chart of a deployment declares; `undefined` where all is brought
 * at once: by another strategy, and where nothing of Apollo's runs well enough to serve meanwhile, or
 * something that is not older.
 */
export async function beginRollout(
  unit: UnitOfWork,
  { id, service, strategy, toVersion, chartSha256 }: Deployment,
  entity: Entity | undefined,
): Promise<BegunRollout | undefined> {
  if (entity === undefined || (strategy !== 'blue_green' && strategy !== 'canary'))
    return undefined;
  const release = await unit.releases.get(service, toVersion);
  if (release?.strategies?.includes(strategy) !== true) return undefined;
  const stable = await servingVersion(unit, entity);
  if (stable === undefined || !isNewer(toVersion, stable)) return undefined;
  const ofTarget = firstStep(strategy, { stable, candidate: toVersion });
  const { values } = ofTarget;
  return { ofTarget, ofEntity: { deployment: id, strategy, chartSha256, values } };
}

async function servingVersion(unit: UnitOfWork, entity: Entity): Promise<string | undefined> {
  const release = await reportedReleaseOf(unit, entity);
  if (release == null || release.helmStatus !== 'deployed') return undefined;
  return release.unmanaged === true ? undefined : runningVersion(release);
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
  const { planId: _, ...rest } = target;
  return { ...rest, state: 'started', startedAt, looks: [], rollout: next };
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
