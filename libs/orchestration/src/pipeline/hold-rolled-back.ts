import type { Deployment, DeploymentTarget, Hold } from '@apollo-deploy/domain';
import { jsonDigest } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import { leaveHold } from '../engine/holds.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { isStillDesired } from './is-still-desired.js';

/**
 * What a requested rollback brought to these is held, also where that ran already or took something
 * else than a rollback plan, which leaves its hold itself. One that holds just that until it is lifted
 * stays.
 */
export async function holdRolledBack(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
  targets: readonly DeploymentTarget[],
): Promise<void> {
  for (const target of targets) {
    if (!(await isLeftByPlan(unit, target))) await holdThere(context, unit, deployment, target);
  }
}

async function isLeftByPlan(unit: UnitOfWork, { planId }: DeploymentTarget): Promise<boolean> {
  return planId !== undefined && (await unit.plans.get(planId))?.type === 'rollback';
}

async function holdThere(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
  target: DeploymentTarget,
): Promise<void> {
  const entity = await unit.entities.get(target.entity);
  if (entity === undefined || !isStillDesired(deployment, target, entity)) return;
  const { toVersion: version, chartSha256, deployedBy } = deployment;
  const { name, values } = entity;
  const fixes = { version, chartSha256, values, valuesDigest: jsonDigest(values) };
  const [before] = await unit.holds.ofEntities([name]);
  if (before !== undefined && holdsFor(before, fixes)) return;
  await leaveHold(context, unit, {
    ...{ id: context.ids.next(), entity: name, fixes, until: 'lifted', cause: 'rollback' },
    reason: `deployment ${deployment.id} went back to ${version}`,
    ...{ by: deployedBy, at: context.clock.now().toISOString() },
  });
  await unit.dirty.mark([name]);
}

function holdsFor({ until, fixes }: Hold, wanted: NonNullable<Hold['fixes']>): boolean {
  const isSame =
    fixes?.chartSha256 === wanted.chartSha256 && fixes.valuesDigest === wanted.valuesDigest;
  return until === 'lifted' && isSame;
}
