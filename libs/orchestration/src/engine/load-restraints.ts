import { type BreakerCount, mayOpenBreaker, type Restraints } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** What is stored to keep these entities from moving, by entity; two statements. */
export async function loadRestraints(
  unit: UnitOfWork,
  entities: readonly string[],
): Promise<ReadonlyMap<string, Restraints>> {
  const restraints = new Map<string, Restraints>();
  for (const hold of await unit.holds.ofEntities(entities)) {
    restraints.set(hold.entity, { hold });
  }
  for (const suppression of await unit.suppressions.ofEntities(entities)) {
    const { entity } = suppression;
    restraints.set(entity, { ...restraints.get(entity), suppression });
  }
  return restraints;
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
