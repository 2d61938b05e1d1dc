import { findNeighbours } from '../engine/find-neighbours.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/**
 * Plans that wait for the spoke, or may have to, are looked at again: its own, and those around what
 * runs there, because a spoke that is away has nothing that is known to run.
 */
export async function markOpenWork(unit: UnitOfWork, ...spokes: readonly string[]): Promise<void> {
  const entities = await unit.entities.ofSpokes(spokes);
  if (entities.length === 0) return;
  const around = await findNeighbours(unit, entities);
  const names = new Set([...entities.map(({ name }) => name), ...namesIn(around)]);
  const open = await unit.plans.openOf([...names]);
  await unit.dirty.mark(open.map(({ entity }) => entity));
}

function namesIn(around: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  return [...around.values()].flatMap((names) => [...names]);
}
