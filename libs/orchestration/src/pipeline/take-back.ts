import {
  type Deployment,
  type DeploymentTarget,
  isAtLastStep,
  isTakenBack,
  type Plan,
  ranAlready,
  wayBackOf,
} from '@apollo-deploy/domain';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { ENGINE } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { isRollback } from './is-rollback.js';

/**
 * What a plan brought is not healthy although the plan SUCCEEDED: demands what it was approved to go
 * back to, or the content that succeeded before it. Where there is none, or the environment is set not
 * to roll back, it has failed and stays. So does what a rollback brought, with an alarm: what ran before
 * that was given up for being bad.
 */
export async function takeBack(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
  target: DeploymentTarget,
): Promise<DeploymentTarget> {
  const seen = target.looks.findLast(({ healthy }) => !healthy)?.detail ?? 'nothing was seen';
  if (ranAlready(target)) {
    return {
      ...target,
      state: 'failed',
      note: `${target.note ?? ''}, and it is not healthy: ${seen}`,
    };
  }
  const note = target.stopped ?? `${tellIll(target)}: ${seen}`;
  const plan = await broughtBy(unit, target);
  const rollback = rolledBackBy(deployment, target, plan);
  if (rollback !== undefined) {
    await raiseAlarm(context, unit, deployment, { ...rollback, note });
    return { ...target, state: 'failed', note: `${note}; ${staysHeld(deployment)}` };
  }
  const environment = await unit.environments.get(deployment.environment);
  if (plan === undefined || environment?.rollbackOnFailure !== true) {
    return { ...target, state: 'failed', note: `${note}; ${notTakenBack(target)}` };
  }
  const recalls = await unit.recalls.ofProducts([deployment.service]);
  const baselines = await unit.baselines.ofEntities([target.entity]);
  // As it SUCCEEDED, the newest is what it brought.
  const before = baselines.find(({ contentKey }) => contentKey !== plan.contentKey);
  const isStep = target.rollout !== undefined;
  const to = isStep || isTakenBack(plan, before) ? wayBackOf(plan, baselines, recalls) : undefined;
  if (to === undefined) {
    return { ...target, state: 'failed', note: `${note}; nothing is known to go back to` };
  }
  const reason =
    target.stopped === undefined
      ? `plan ${plan.id} (${plan.type}) succeeded, and what it brought is not healthy: ${seen}`
      : `plan ${plan.id} (${plan.type}) is a step of a deployment that goes no further: ${target.stopped}`;
  await unit.rollbackDemands.put({
    id: context.ids.next(),
    entity: target.entity,
    to,
    because: plan.id,
    reason,
    at: context.clock.now().toISOString(),
  });
  await unit.dirty.mark([target.entity]);
  await record(context, unit, ENGINE, {
    action: 'rollback.demand',
    subject: `entity/${target.entity}`,
    detail: { to: to.version, because: plan.id, reason, deployment: deployment.id },
  });
  return { ...target, state: 'rolling_back', planId: plan.id, note };
}

function tellIll({ fellIllAt }: DeploymentTarget): string {
  return fellIllAt === undefined
    ? 'it was not healthy'
    : `it was found healthy, and has been ill since ${fellIllAt}`;
}

/** Who went back there, if a deployment was to; that is not taken back. */
function rolledBackBy(
  deployment: Deployment,
  target: DeploymentTarget,
  plan: Plan | undefined,
): Omit<Alarm, 'note'> | undefined {
  const { entity, outside } = target;
  const by = plan === undefined ? outside?.by : `plan ${plan.id}`;
  if (by === undefined || !isRollback(deployment, target, plan)) return undefined;
  return { entity, by, plan: plan?.id ?? null };
}

/** The plan whose work runs there: of what was stopped before a step was brought, the one before. */
async function broughtBy(
  unit: UnitOfWork,
  { planId, rollout }: DeploymentTarget,
): Promise<Plan | undefined> {
  const newest = planId === undefined ? undefined : await unit.plans.get(planId);
  if (newest?.state === 'SUCCEEDED' || rollout?.broughtBy === undefined) return newest;
  return unit.plans.get(rollout.broughtBy);
}

/** What is half-way does not stay so: what was desired before is put back then. */
function notTakenBack(target: DeploymentTarget): string {
  return target.stopped === undefined && isAtLastStep(target)
    ? 'it was not taken back'
    : 'it is half-way, so that what was desired before is desired again';
}

function staysHeld({ toVersion }: Deployment): string {
  return `a rollback is not taken back: ${toVersion} stays there, held; see what is wrong with it, or name the version that is to run (POST /promote or /hotfix)`;
}

interface Alarm {
  readonly entity: string;
  /** Who went back: a plan, or somebody else. */
  readonly by: string;
  readonly plan: string | null;
  readonly note: string;
}

async function raiseAlarm(
  context: Context,
  unit: UnitOfWork,
  { id, toVersion }: Deployment,
  { entity, by, plan, note }: Alarm,
): Promise<void> {
  await record(context, unit, ENGINE, {
    action: 'alarm',
    subject: `entity/${entity}`,
    detail: {
      ...{ cause: 'rollback_unhealthy', plan, deployment: id },
      reason: `${toVersion} was gone back to by ${by}, and ${note}; see what is wrong with it, or name the version that is to run`,
    },
  });
}
