import type { Entity, ReportedRelease } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { reportedState } from '../spokes/release-state.js';

/** What the spoke of an entity saw last; `null` = nothing is installed; `undefined` = it has not said. */
export async function reportedReleaseOf(
  unit: UnitOfWork,
  entity: Entity,
): Promise<ReportedRelease | null | undefined> {
  const spoke = await unit.spokes.get(entity.spoke);
  const [summary] = await unit.releaseStates.summaries([entity]);
  return reportedState(entity, spoke, summary)?.release;
}
