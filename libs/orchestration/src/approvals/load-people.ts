import { type Person, ROLES, rolesIn } from '@apollo-deploy/domain';
import type { PersonRecord } from '../ports/people-repository.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** People with their roles of this very instant, in an environment. */
export type PeopleIn = (environment: string) => readonly Person[];

/**
 * Everybody who has a role, and those of `others` who have none. Whoever was disabled, and every
 * machine, is nobody here. One statement where all `others` have roles, else two.
 */
export async function loadPeople(unit: UnitOfWork, others: readonly string[]): Promise<PeopleIn> {
  const withRoles = await unit.people.withRoles(ROLES);
  const known = new Set(withRoles.map(({ name }) => name));
  const missing = [...new Set(others)].filter((name) => !known.has(name));
  const more = missing.length === 0 ? [] : await unit.people.getMany(missing);
  const all = [...withRoles, ...more].filter(mayAgree);
  return (environment) =>
    all.map((person) => ({ name: person.name, roles: rolesIn(person, environment) }));
}

/** Whoever was disabled, and every machine, is nobody where people are asked. */
export function mayAgree({ disabled, machine }: PersonRecord): boolean {
  return !disabled && machine !== true;
}
