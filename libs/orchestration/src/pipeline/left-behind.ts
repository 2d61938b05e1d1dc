import {
  type Deployment,
  type DeploymentTarget,
  type Entity,
  isBehind,
  runningVersion,
} from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { completedAt } from './completed-at.js';
import { reportedReleaseOf } from './reported-release.js';

/**
 * A target of a rollback with what runs there; `skipped` where that was there before the version that it goes
 * back to: a rollback takes nothing forth. Of other deployments, and where nobody knows what runs, as it is.
 */
export async function leaveBehind(
  unit: UnitOfWork,
  { kind, service, environment, toVersion }: Deployment,
  target: DeploymentTarget,
  entity: Entity | undefined,
): Promise<DeploymentTarget> {
  if (kind !== 'rollback' || entity === undefined) return target;
  const running = runningVersion((await reportedReleaseOf(unit, entity)) ?? null);
  if (running === undefined) return target;
  const begun = { ...target, fromVersion: running };
  const items = await completedAt(unit, { service, environment });
  if (!isBehind(items, running, toVersion)) return begun;
  const note = `it runs ${running}, which was there before ${toVersion}, so it was left as it is`;
  return { ...begun, state: 'skipped', note };
}
