import type { Entity } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/**
 * Marks entities together with their dependencies and dependents in the same environments, and
 * nobody else: what a change to them can matter to.
 */
export async function markWithNeighbours(
  unit: UnitOfWork,
  entities: readonly Entity[],
): Promise<void> {
  if (entities.length === 0) return;
  const products = [...new Set(entities.map(({ product }) => product))];
  const dependents = await unit.releases.dependents(products);
  const releases = await unit.releases.ofProducts(products);
  const related = new Set([
    ...dependents.map(({ product }) => product),
    ...releases.flatMap(({ dependencies }) => dependencies.map(({ product }) => product)),
  ]);
  const environments = [...new Set(entities.map(({ environment }) => environment))];
  const neighbours =
    related.size === 0 ? [] : await unit.entities.ofProductsIn(environments, [...related]);
  await unit.dirty.mark([...new Set([...entities, ...neighbours].map(({ name }) => name))]);
}
