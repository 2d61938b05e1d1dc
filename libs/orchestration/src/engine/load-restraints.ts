import {
  type BreakerCount,
  type Entity,
  type EntityFacts,
  mayOpenBreaker,
  type Restraints,
} from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { loadDemands } from './load-demands.js';

/** What moves an entity back, or keeps it from moving. */
type Bounds = Restraints & Pick<EntityFacts, 'baseline' | 'rollbackDemand'>;

/** What is stored to keep these entities from moving or to move them back. */
export async function loadRestraints(
  unit: UnitOfWork,
  entities: readonly Pick<Entity, 'name' | 'product'>[],
): Promise<ReadonlyMap<string, Bounds>> {
  const names = entities.map(({ name }) => name);
  const bounds = new Map<string, Bounds>();
  const add = (entity: string, more: Bounds): void => {
    bounds.set(entity, { ...bounds.get(entity), ...more });
  };
  for (const hold of await unit.holds.ofEntities(names)) add(hold.entity, { hold });
  for (const suppression of await unit.suppressions.ofEntities(names)) {
    add(suppression.entity, { suppression });
  }
  for (const baseline of await unit.baselines.newestOf(names)) add(baseline.entity, { baseline });
  for (const rollbackDemand of await loadDemands(unit, entities)) {
    add(rollbackDemand.entity, { rollbackDemand });
  }
  return bounds;
}

/**
 * What the breakers of these environments count. One statement while few entities are suppressed in
 * each, else two.
 */
export async function loadBreakers(
  unit: UnitOfWork,
  environments: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, BreakerCount>> {
  const ends = await unit.suppressions.endsIn(environments, now.toISOString());
  const many = environments.filter((name) => mayOpenBreaker(ends.get(name)?.length ?? 0));
  const entities = many.length === 0 ? undefined : await unit.entities.countIn(many);
  return new Map(
    environments.map((name) => [
      name,
      { suppressedUntil: ends.get(name) ?? [], entities: entities?.get(name) ?? 0 },
    ]),
  );
}
