import {
  type BreakerCount,
  type EntityFacts,
  mayOpenBreaker,
  type Restraints,
} from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** What moves an entity back, or keeps it from moving. */
type Bounds = Restraints & Pick<EntityFacts, 'baseline' | 'rollbackDemand'>;

/** What is stored to keep these entities from moving or to move them back; four statements. */
export async function loadRestraints(
  unit: UnitOfWork,
  entities: readonly string[],
): Promise<ReadonlyMap<string, Bounds>> {
  const bounds = new Map<string, Bounds>();
  const add = (entity: string, more: Bounds): void => {
    bounds.set(entity, { ...bounds.get(entity), ...more });
  };
  for (const hold of await unit.holds.ofEntities(entities)) add(hold.entity, { hold });
  for (const suppression of await unit.suppressions.ofEntities(entities)) {
    add(suppression.entity, { suppression });
  }
  for (const baseline of await unit.baselines.newestOf(entities))
    add(baseline.entity, { baseline });
  for (const rollbackDemand of await unit.rollbackDemands.ofEntities(entities)) {
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
