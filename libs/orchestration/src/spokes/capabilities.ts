import type { SpokeHello, SpokeRecord } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** What a spoke last said that it can do; nothing at all if it never said. */
export function capabilitiesOf({
  hello,
}: Pick<SpokeRecord, 'hello'>): Partial<Pick<SpokeHello, 'capabilities'>> {
  return hello === undefined ? {} : { capabilities: hello.capabilities };
}

/**
 * If a spoke can do something else than before, all its entities are evaluated: a release that was
 * passed over may be possible now, where nothing else waits for it.
 */
export async function markChangedCapabilities(
  unit: UnitOfWork,
  { name, hello: before }: Pick<SpokeRecord, 'name' | 'hello'>,
  after: SpokeHello,
): Promise<void> {
  if (before === undefined || isSame(before.capabilities, after.capabilities)) return;
  const entities = await unit.entities.ofSpokes([name]);
  if (entities.length > 0) await unit.dirty.mark(entities.map((entity) => entity.name));
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  const both = new Set([...one, ...other]);
  return both.size === new Set(one).size && both.size === new Set(other).size;
}
