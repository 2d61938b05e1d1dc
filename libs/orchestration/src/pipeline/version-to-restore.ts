import { hasBegun, versionBefore } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { DeploymentPlace } from '../ports/deployment-repository.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import type { FollowTools } from './follow-tools.js';
import { underWayAt } from './under-way-at.js';

/** So far back it is looked for what COMPLETED. */
const REMEMBERED = 200;

/**
 * What a rollback that names no version goes back to; `undefined` = nothing COMPLETED before. While
 * another deployment is on its way there, whoever asks wants away from what that brings, so that it is
 * what COMPLETED before that, however that ends. While a rollback is, it is asked for once more.
 *
 * @param running of each entity of the service there.
 */
export async function versionToRestore(
  context: Context,
  unit: UnitOfWork,
  place: DeploymentPlace,
  running: readonly string[],
  tools: FollowTools,
): Promise<string | undefined> {
  const { service, environment } = place;
  const others = await underWayAt(context, unit, place, tools);
  const current = others.find(({ stored }) => !stored.queued)?.deployment;
  if (current?.kind === 'rollback') return current.toVersion;
  const filter = { service, environment, status: 'completed' } as const;
  const { items } = await unit.deployments.list(filter, { limit: REMEMBERED });
  return current !== undefined && hasBegun(current)
    ? versionBefore([current, ...items], [current.toVersion])
    : versionBefore(items, running);
}
