import type { Deployment } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { reportedState } from '../spokes/release-state.js';

/** The version of a service that was reported last in an environment; `undefined` = none is installed there. */
export async function runningVersionOf(
  unit: UnitOfWork,
  { service, environment }: Pick<Deployment, 'service' | 'environment'>,
): Promise<string | undefined> {
  const entities = await unit.entities.ofProductsIn([environment], [service]);
  const spokes = await unit.spokes.getMany(entities.map(({ spoke }) => spoke));
  const states = await unit.releaseStates.summaries(entities);
  for (const entity of entities) {
    const spoke = spokes.find((one) => one.name === entity.spoke);
    const state = states.find(
      (one) =>
        one.spoke === entity.spoke &&
        one.namespace === entity.namespace &&
        one.releaseName === entity.releaseName,
    );
    const release = reportedState(entity, spoke, state)?.release;
    if (release != null && release.helmStatus !== 'uninstalled') return release.version;
  }
  return undefined;
}
