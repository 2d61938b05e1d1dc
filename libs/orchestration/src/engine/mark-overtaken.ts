import type { SpokeRecord } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import type { LoadedFacts } from './load-facts.js';

/**
 * Marks the entities again whose spokes, or their neighbours', have moved on since they were read. To be
 * called before anything is written for entities of which the facts were loaded.
 *
 * When a spoke speaks, it wakes the open plans that are stored then, under its lock. A plan that is being
 * made meanwhile is not among them. So whoever may store the first one of an entity to wait for a spoke
 * keeps that spoke from changing until it is stored: who came before is seen here, and who comes after
 * sees the plan. One statement where there are such entities, none where there are not.
 */
export async function markOvertaken(
  unit: UnitOfWork,
  batch: readonly LoadedFacts[],
): Promise<void> {
  const waiting = batch.filter(
    ({ entityFacts, surroundings }) =>
      entityFacts.openPlan === undefined && surroundings.awaited.length > 0,
  );
  if (waiting.length === 0) return;
  const read = new Set(waiting.flatMap(({ surroundings }) => surroundings.awaited));
  const moved = await movedOf(unit, read);
  const overtaken = waiting.filter(({ surroundings }) =>
    surroundings.awaited.some((spoke) => moved.has(spoke)),
  );
  if (overtaken.length > 0) {
    await unit.dirty.mark(overtaken.map(({ entityFacts }) => entityFacts.entity.name));
  }
}

/** Those of these records that are not what is stored, which stays as it is from now on. */
async function movedOf(
  unit: UnitOfWork,
  read: ReadonlySet<SpokeRecord>,
): Promise<ReadonlySet<SpokeRecord>> {
  const names = [...new Set([...read].map(({ name }) => name))];
  const stored = new Map((await unit.spokes.lockShared(names)).map((spoke) => [spoke.name, spoke]));
  const isMoved = (spoke: SpokeRecord): boolean =>
    JSON.stringify(spoke) !== JSON.stringify(stored.get(spoke.name));
  return new Set([...read].filter(isMoved));
}
