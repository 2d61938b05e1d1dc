import {
  asBacked,
  type Authority,
  authorityOf,
  type BreakGlass,
  isReservedName,
  LOCAL_PERMISSIONS,
} from '@apollo-deploy/domain';
import type { PersonRecord } from '../ports/people-repository.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** Who works on this machine without logging in is nobody whom the hub keeps roles of. */
const LOCAL: Authority = { everywhere: LOCAL_PERMISSIONS, inEnvironments: new Map() };

/**
 * These break-glasses as they count at this instant, by the roles that the hub keeps of those who opened
 * them: who was disabled, or may not do it any more, waives nothing. One statement, and none where there
 * are none.
 */
export async function backedNow<T extends BreakGlass>(
  unit: UnitOfWork,
  glasses: readonly T[],
): Promise<readonly T[]> {
  if (glasses.length === 0) return glasses;
  const names = [...new Set(glasses.map(({ openedBy }) => openedBy))];
  const people = new Map((await unit.people.getMany(names)).map((one) => [one.name, one]));
  return glasses.map((glass) => asBacked(glass, openerOf(glass, people.get(glass.openedBy))));
}

function openerOf(
  { openedBy }: BreakGlass,
  person: PersonRecord | undefined,
): Authority | undefined {
  if (isReservedName(openedBy)) return LOCAL;
  if (person === undefined || person.disabled) return undefined;
  return authorityOf(person, { machine: person.machine === true });
}
