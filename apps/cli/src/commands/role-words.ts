import { CommandEnded } from '../command-ended.js';
import { EXIT } from '../exit-code.js';

/** Roles everywhere, and in single environments besides. */
export interface HeldRoles {
  readonly roles: readonly string[];
  readonly grants: readonly { readonly environment: string; readonly roles: readonly string[] }[];
}

/** What is said of somebody besides their roles. */
interface Besides {
  readonly none?: true;
  readonly disable?: true;
  readonly enable?: true;
}

/** Roles in words: `sre, developer@dev`. */
export function rolesOf({ roles, grants }: HeldRoles): string {
  const granted = grants.flatMap((grant) =>
    grant.roles.map((role) => `${role}@${grant.environment}`),
  );
  return [...roles, ...granted].join(', ');
}

/**
 * The roles that such words say; absent = those of before, where only something else is said. Ends
 * the command where the words say two things, or nothing.
 */
export function rolesIn(words: readonly string[], besides: Besides): HeldRoles | undefined {
  const { none, disable, enable } = besides;
  if (disable === true && enable === true) throw unusable('give --disable or --enable, not both');
  if (none === true && words.length > 0) throw unusable('give roles or --none, not both');
  if (none === true) return { roles: [], grants: [] };
  if (words.length === 0) {
    if (disable !== undefined || enable !== undefined) return undefined;
    throw unusable('say all roles that they are to have, or --none');
  }
  const said = words.map(roleIn);
  const environments = [...new Set(said.flatMap(({ environment }) => environment ?? []))];
  const held = (where: string | undefined) => [
    ...new Set(said.filter(({ environment }) => environment === where).map(({ role }) => role)),
  ];
  return {
    roles: held(undefined),
    grants: environments.map((environment) => ({ environment, roles: held(environment) })),
  };
}

function roleIn(word: string): { readonly role: string; readonly environment?: string } {
  const [role = '', environment, ...others] = word.split('@');
  if (role === '' || environment === '' || others.length > 0) {
    throw unusable(`${JSON.stringify(word)} is neither ROLE nor ROLE@ENVIRONMENT`);
  }
  return environment === undefined ? { role } : { role, environment };
}

function unusable(message: string): CommandEnded {
  return new CommandEnded(EXIT.unusable, message);
}
