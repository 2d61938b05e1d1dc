import { type Deployment, hasBegun, recallOf, versionBefore } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { DeploymentPlace } from '../ports/deployment-repository.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { completedAt } from './completed-at.js';
import type { FollowTools } from './follow-tools.js';
import { underWayAt } from './under-way-at.js';

/** What a rollback goes back to. */
export interface RestoredVersion {
  readonly version: string;
  /** The id of a rollback to it that is under way, and is asked for once more. */
  readonly repeats?: string;
}

/**
 * What a rollback that names no version goes back to; `undefined` = nothing COMPLETED before. While
 * another deployment is on its way there, whoever asks wants away from what that brings, so that it is
 * what COMPLETED before that, however that ends. While a rollback is, it is asked for once more; but one
 * to a version that never COMPLETED there, which somebody named, counts for nothing. What is
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
): Promise<RestoredVersion | undefined> {
  const { service } = place;
  const recalls = await unit.recalls.ofProducts([service]);
  const mayRun = (version: string): boolean => recallOf(recalls, version) === undefined;
  const items = await completedAt(unit, place);
  const others = await underWayAt(context, unit, place, tools);
  const first = others.find(({ stored }) => !stored.queued)?.deployment;
  const current = first !== undefined && isToUnproven(first, items) ? undefined : first;
  if (current?.kind === 'rollback' && mayRun(current.toVersion)) {
    return { version: current.toVersion, repeats: current.id };
  }
  const [completed, runs] =
    current !== undefined && hasBegun(current)
      ? [[current, ...items], [current.toVersion]]
      : [items, running];
  const version = versionBefore(completed, runs, mayRun) ?? versionBefore(completed, runs);
  return version === undefined ? undefined : { version };
}

/** A rollback to what never COMPLETED there: for all that is known, somebody mistyped it. */
function isToUnproven(
  { kind, toVersion }: Deployment,
  completed: readonly Pick<Deployment, 'toVersion'>[],
): boolean {
  return kind === 'rollback' && completed.every((one) => one.toVersion !== toVersion);
}
