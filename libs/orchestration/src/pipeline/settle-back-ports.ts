import { backPortOwed, type Deployment, type ServicePlace } from '@apollo-deploy/domain';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { ENGINE } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { DeploymentMoved } from './deployment-moved.js';
import { servicePlaces } from './service-places.js';

/**
 * Notes which hotfixes of a service have been brought to all that is below production, or were
 * overtaken there, however they came there. What a deployment is still bringing there does not count:
 * it may go back. One statement where none is owed.
 */
export async function settleBackPorts(
  context: Context,
  unit: UnitOfWork,
  service: string,
): Promise<void> {
  const owing = await unit.deployments.owingBackPort(service);
  if (owing.length === 0) return;
  const places = await servicePlaces(context, unit, service);
  const isBelow = places.some(({ tier }) => tier !== 'production');
  if (!isBelow || (await isBeingBrought(unit, service, places))) return;
  for (const hotfix of owing) {
    if (backPortOwed(hotfix.toVersion, places).length === 0) await settle(context, unit, hotfix);
  }
}

async function isBeingBrought(
  unit: UnitOfWork,
  service: string,
  places: readonly ServicePlace[],
): Promise<boolean> {
  const below = places.filter(({ tier }) => tier !== 'production');
  const at = below.map(({ environment }) => ({ service, environment }));
  return (await unit.deployments.underWayAt(at)).length > 0;
}

async function settle(context: Context, unit: UnitOfWork, hotfix: Deployment): Promise<void> {
  const backPortedAt = context.clock.now().toISOString();
  const saved = await unit.deployments.save({ ...hotfix, backPortedAt });
  if (!saved.ok) throw new DeploymentMoved(hotfix.id);
  await record(context, unit, ENGINE, {
    action: 'deployment.back_port',
    subject: `deployment/${hotfix.id}`,
    detail: { service: hotfix.service, version: hotfix.toVersion, hotfix: hotfix.id },
  });
}
