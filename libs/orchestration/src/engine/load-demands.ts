import {
  divertedDemand,
  type Entity,
  recallOf,
  type RollbackDemand,
  wayBack,
} from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { distinct } from './distinct.js';
import { grouped } from './grouped.js';

/**
 * The rollbacks that these entities owe, as they stand with what is recalled now. One statement where
 * none is owed, two where none is to what is recalled, else four.
 */
export async function loadDemands(
  unit: UnitOfWork,
  entities: readonly Pick<Entity, 'name' | 'product'>[],
): Promise<readonly RollbackDemand[]> {
  const demands = await unit.rollbackDemands.ofEntities(entities.map(({ name }) => name));
  if (demands.length === 0) return demands;
  const owing = new Set(demands.map(({ entity }) => entity));
  const products = new Map(
    entities.filter(({ name }) => owing.has(name)).map(({ name, product }) => [name, product]),
  );
  const stored = await unit.recalls.ofProducts(distinct([...products.values()]));
  if (stored.length === 0) return demands;
  const recalls = grouped(stored, ({ product }) => product);
  const recallsOn = (entity: string) => recalls.get(products.get(entity) ?? '') ?? [];
  const recalled = demands
    .filter(({ entity, to }) => recallOf(recallsOn(entity), to.version) !== undefined)
    .map(({ entity }) => entity);
  if (recalled.length === 0) return demands;
  const baselines = grouped(await unit.baselines.ofEntities(recalled), ({ entity }) => entity);
  const declines = grouped(await unit.declines.ofEntities(recalled), ({ entity }) => entity);
  return demands.map((demand) => {
    const { entity, because } = demand;
    const failed = declines.get(entity)?.find(({ planId }) => planId === because)?.contentKey;
    const back = wayBack(baselines.get(entity) ?? [], failed, recallsOn(entity));
    return divertedDemand(demand, recallsOn(entity), back);
  });
}
