import type { Deployment, DeploymentTarget } from '@apollo-deploy/domain';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { markWithNeighbours } from '../engine/mark-neighbours.js';
import { ENGINE } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { DeploymentMoved } from './deployment-moved.js';
import { isStillDesired } from './is-still-desired.js';

/**
 * Lets an entity follow its channel again, where a deployment that named no version has brought what the
 * channel held when it was asked for. Nothing is changed by one that named a version, or where somebody
 * has said since that something else is to run.
 */
export async function returnToChannel(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
  target: DeploymentTarget,
): Promise<void> {
  const { id, wish } = deployment;
  if (!('channel' in wish)) return;
  const entity = await unit.entities.get(target.entity);
  if (entity === undefined || !isStillDesired(deployment, target, entity)) return;
  const updatedAt = context.clock.now().toISOString();
  const saved = await unit.entities.save({ ...entity, desired: wish, updatedAt });
  if (!saved.ok) throw new DeploymentMoved(id);
  await markWithNeighbours(unit, [saved.value]);
  await record(context, unit, ENGINE, {
    action: 'entity.update',
    subject: `entity/${entity.name}`,
    detail: { desired: { ...wish }, deployment: id },
  });
}
