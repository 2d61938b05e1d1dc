import { hasBegun, recallOf, versionBefore } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { DeploymentPlace } from '../ports/deployment-repository.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { completedAt } from './completed-at.js';
import type { FollowTools } from './follow-tools.js';
import { underWayAt } from './under-way-at.js';

/**
 * What a rollback that names no version goes back to; `undefined` = nothing COMPLETED before. While
 * another deployment is on its way there, whoever asks wants away from what that brings, so that it is
 * what COMPLETED before that, however that ends. While a rollback is, it is asked for once more. What is
 * recalled is passed over; only where there is nothing else it is the answer, to be refused with the recall.
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
  const { service } = place;
  const recalls = await unit.recalls.ofProducts([service]);
  const mayRun = (version: string): boolean => recallOf(recalls, version) === undefined;
  const others = await underWayAt(context, unit, place, tools);
  const current = others.find(({ stored }) => !stored.queued)?.deployment;
  if (current?.kind === 'rollback' && mayRun(current.toVersion)) return current.toVersion;
  const items = await completedAt(unit, place);
  const [completed, runs] =
    current !== undefined && hasBegun(current)
      ? [[current, ...items], [current.toVersion]]
      : [items, running];
  return versionBefore(completed, runs, mayRun) ?? versionBefore(completed, runs);
}
