import { runningVersion, type ServicePlace } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import { grouped } from '../engine/grouped.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { loadService } from './load-service.js';

/** Where a service has entities that are to run something, and what each runs, as far as is known. */
export async function servicePlaces(
  context: Pick<Context, 'clock' | 'startedAt'>,
  unit: UnitOfWork,
  service: string,
): Promise<readonly ServicePlace[]> {
  const homes = await unit.entities.environmentsOf([service]);
  const names = homes.map(({ environment }) => environment);
  const environments = await unit.environments.getMany(names);
  const seen = grouped(
    await loadService(context, unit, service, names),
    ({ entity }) => entity.environment,
  );
  return environments.flatMap(({ name, tier }) => {
    const entities = seen.get(name);
    if (entities === undefined) return [];
    const running = entities.map(
      ({ reported }) => runningVersion(reported?.release ?? null) ?? null,
    );
    const healthy = entities.every(({ reported }) => reported?.release?.health === 'Healthy');
    return [{ environment: name, tier, running, healthy }];
  });
}
