import type { UnitOfWork } from '../ports/unit-of-work.js';

/** These spokes are back: entities that await them to see what they run are evaluated. */
export async function markAwaiting(unit: UnitOfWork, ...spokes: readonly string[]): Promise<void> {
  const entities = await unit.entities.ofSpokes(spokes);
  const evaluations = await unit.evaluations.getMany(entities.map(({ name }) => name));
  const awaiting = evaluations.filter(({ awaitsSpoke }) => awaitsSpoke === true);
  if (awaiting.length > 0) await unit.dirty.mark(awaiting.map(({ entity }) => entity));
}
