import type { UnitOfWork } from '../ports/unit-of-work.js';

/** The spoke is back: entities that await it to see what they run are evaluated. */
export async function markAwaiting(unit: UnitOfWork, spoke: string): Promise<void> {
  const entities = await unit.entities.ofSpokes([spoke]);
  const evaluations = await unit.evaluations.getMany(entities.map(({ name }) => name));
  const awaiting = evaluations.filter(({ awaitsSpoke }) => awaitsSpoke === true);
  if (awaiting.length > 0) await unit.dirty.mark(awaiting.map(({ entity }) => entity));
}
