import type { Entity, Plan } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/**
 * By entity, the names of its neighbours: what it looks to for its dependencies, and who looks to it.
 * A constant number of statements, and names only. Entities without any have no entry.
 */
export async function findNeighbours(
  unit: UnitOfWork,
  entities: readonly Pick<Entity, 'name' | 'environment' | 'spoke' | 'product'>[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const needs = await unit.releases.needs([...new Set(entities.map(({ product }) => product))]);
  const upward = entities.flatMap(({ name, environment, spoke, product }) =>
    needs
      .filter((need) => need.product === product)
      .map((need) => ({ of: name, environment, spoke, product: need.needs })),
  );
  const downward = entities.flatMap(({ name, environment, spoke, product }) =>
    needs
      .filter((need) => need.needs === product)
      .map((need) => ({ of: name, environment, spoke, product, dependent: need.product })),
  );
  const found = new Map<string, Set<string>>();
  const note = (of: string | undefined, entity: string): void => {
    if (of === undefined || of === entity) return;
    const known = found.get(of);
    if (known === undefined) found.set(of, new Set([entity]));
    else known.add(entity);
  };
  if (upward.length > 0) {
    const providers = await unit.entities.providersFor(upward);
    for (const { place, entity } of providers) note(upward[place]?.of, entity);
  }
  if (downward.length > 0) {
    const dependents = await unit.entities.dependentsAt(downward);
    for (const { place, entity } of dependents) note(downward[place]?.of, entity);
  }
  return found;
}

/** Who needs what a plan moves, or is needed by it. */
export async function neighboursOf(unit: UnitOfWork, plan: Plan): Promise<readonly string[]> {
  const neighbours = await findNeighbours(unit, [{ ...plan, name: plan.entity }]);
  return [...(neighbours.get(plan.entity) ?? [])];
}
