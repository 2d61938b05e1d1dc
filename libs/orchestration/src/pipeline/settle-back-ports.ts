import {
  backPortOwed,
  type Deployment,
  runsNoMore,
  type ServicePlace,
} from '@apollo-deploy/domain';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { ENGINE } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { saveDeployment } from './save-deployment.js';
import { servicePlaces } from './service-places.js';

/**
 * Notes which hotfixes of a service have been brought to all that is below production, or were overtaken
 * there, however they came there, and which run no more where they went: these owe nothing. What a
 * deployment is still bringing does not count: it may go back. One statement where none is owed.
 */
export async function settleBackPorts(
  context: Context,
  unit: UnitOfWork,
  service: string,
): Promise<void> {
  const owing = await unit.deployments.owingBackPort(service);
  if (owing.length === 0) return;
  const places = await servicePlaces(context, unit, service);
  const standing: Deployment[] = [];
  for (const hotfix of owing) {
    if (await wasTakenBack(unit, hotfix, places)) await noteTakenBack(context, unit, hotfix);
    else standing.push(hotfix);
  }
  const isBelow = places.some(({ tier }) => tier !== 'production');
  if (standing.length === 0 || !isBelow || (await isBeingBrought(unit, service, places))) return;
  for (const hotfix of standing) {
    if (backPortOwed(hotfix.toVersion, places).length === 0) await settle(context, unit, hotfix);
  }
}

async function wasTakenBack(
  unit: UnitOfWork,
  hotfix: Deployment,
  places: readonly ServicePlace[],
): Promise<boolean> {
  if (!runsNoMore(hotfix, places)) return false;
  return (await unit.deployments.underWayAt([hotfix])).length === 0;
}

async function noteTakenBack(
  context: Context,
  unit: UnitOfWork,
  hotfix: Deployment,
): Promise<void> {
  const takenBackAt = context.clock.now().toISOString();
  await saveDeployment(unit, { ...hotfix, takenBackAt });
  await record(context, unit, ENGINE, {
    action: 'deployment.taken_back',
    subject: `deployment/${hotfix.id}`,
    detail: { service: hotfix.service, version: hotfix.toVersion, hotfix: hotfix.id },
  });
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
  await saveDeployment(unit, { ...hotfix, backPortedAt });
  await record(context, unit, ENGINE, {
    action: 'deployment.back_port',
    subject: `deployment/${hotfix.id}`,
    detail: { service: hotfix.service, version: hotfix.toVersion, hotfix: hotfix.id },
  });
}
