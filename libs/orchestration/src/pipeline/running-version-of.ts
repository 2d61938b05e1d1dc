import { type Deployment, newestOf } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { reportedState } from '../spokes/release-state.js';

/**
 * The version of a service that was reported last in an environment, before another one comes; where its
 * entities run different ones, the newest that is not that already. `undefined` = none is installed there.
 */
export async function runningVersionOf(
  unit: UnitOfWork,
  { service, environment, toVersion }: Pick<Deployment, 'service' | 'environment' | 'toVersion'>,
): Promise<string | undefined> {
  const entities = await unit.entities.ofProductsIn([environment], [service]);
  const spokes = await unit.spokes.getMany(entities.map(({ spoke }) => spoke));
  const states = await unit.releaseStates.summaries(entities);
  const running = entities.flatMap((entity) => {
    const spoke = spokes.find((one) => one.name === entity.spoke);
    const state = states.find(
      (one) =>
        one.spoke === entity.spoke &&
        one.namespace === entity.namespace &&
        one.releaseName === entity.releaseName,
    );
    const release = reportedState(entity, spoke, state)?.release;
    return release == null || release.helmStatus === 'uninstalled' ? [] : [release.version];
  });
  const others = running.filter((version) => version !== toVersion);
  return newestOf(others) ?? running[0];
}
