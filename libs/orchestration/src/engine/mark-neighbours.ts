import type { Entity } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { findNeighbours } from './find-neighbours.js';

/**
 * Marks entities together with what they look to for their dependencies and who looks to them, and
 * nobody else: what a change to them can matter to.
 */
export async function markWithNeighbours(
  unit: UnitOfWork,
  entities: readonly Entity[],
): Promise<void> {
  if (entities.length === 0) return;
  const neighbours = await findNeighbours(unit, entities);
  const names = [
    ...entities.map(({ name }) => name),
    ...[...neighbours.values()].flatMap((set) => [...set]),
  ];
  await unit.dirty.mark([...new Set(names)]);
}
