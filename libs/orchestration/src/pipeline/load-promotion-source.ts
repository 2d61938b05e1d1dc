import type { PromotionSource, SourceDeployment } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import { grouped } from '../engine/grouped.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { loadService } from './load-service.js';

/** A service where it is to be promoted from, and how the newest deployments of it ended there. */
export interface SourcePlace {
  readonly service: string;
  readonly environment: string;
  readonly completed?: SourceDeployment;
  readonly failed?: SourceDeployment;
}

/** What is known of a service where it is to be promoted from, with four statements. */
export async function loadPromotionSource(
  context: Pick<Context, 'clock' | 'startedAt'>,
  unit: UnitOfWork,
  place: SourcePlace,
): Promise<PromotionSource> {
  const seen = await loadService(context, unit, place.service, [place.environment]);
  const names = seen.map(({ entity }) => entity.name);
  const runs = grouped(await unit.runs.ofEntities(names), ({ entity }) => entity);
  return {
    ...place,
    entities: seen.map(({ entity: { name, spoke }, heard, reported }) => ({
      ...{ entity: name, spoke, heard, runs: runs.get(name) ?? [] },
      ...(reported !== undefined && { reported }),
    })),
  };
}
