import { type HeldRoles, rolesIn } from './held-roles.js';
import { isForPeopleOnly, type Permission, ROLE_PERMISSIONS } from './permissions.js';
import type { Role } from './role.js';

/** What somebody may do, with the credentials that they showed. */
export interface Authority {
  readonly everywhere: readonly Permission[];
  /** By environment, those of `everywhere` included. */
  readonly inEnvironments: ReadonlyMap<string, readonly Permission[]>;
}

/** What a token is for; it gives nothing that its owner does not have. */
export interface TokenScope {
  readonly permissions: readonly Permission[];
  /** Absent = every environment that the owner may do it in. */
  readonly environments?: readonly string[];
}

/**
 * Where something is done: in these environments (none = where nobody is), in every environment there
 * is or will be, or in none in particular.
 */
export type Place = readonly string[] | 'everywhere' | 'somewhere';

/** What the roles of somebody let them do. */
export function authorityOf(held: HeldRoles, { machine }: { machine: boolean }): Authority {
  const permissions = (roles: readonly Role[]): readonly Permission[] => {
    const all = new Set<Permission>(roles.flatMap((role) => ROLE_PERMISSIONS[role]));
    return [...all].filter((permission) => !machine || !isForPeopleOnly(permission));
  };
  return {
    everywhere: permissions(held.roles),
    inEnvironments: new Map(
      held.grants.map(({ environment }) => [environment, permissions(rolesIn(held, environment))]),
    ),
  };
}

/** What is left of an authority within the scope of a token. */
export function narrowed(authority: Authority, scope: TokenScope): Authority {
  const within = (permissions: readonly Permission[]): readonly Permission[] =>
    permissions.filter((permission) => scope.permissions.includes(permission));
  const environments = scope.environments ?? [...authority.inEnvironments.keys()];
  return {
    everywhere: scope.environments === undefined ? within(authority.everywhere) : [],
    inEnvironments: new Map(
      environments.map((environment) => [
        environment,
        within(permissionsIn(authority, environment)),
      ]),
    ),
  };
}

/** Whether an authority lets one do something in a place. */
export function mayDo(authority: Authority, permission: Permission, place: Place): boolean {
  if (authority.everywhere.includes(permission)) return true;
  if (place === 'everywhere') return false;
  if (place === 'somewhere') {
    return [...authority.inEnvironments.values()].some((those) => those.includes(permission));
  }
  return (
    place.length > 0 &&
    place.every((environment) => permissionsIn(authority, environment).includes(permission))
  );
}

/**
 * The environments in which an authority lets one do something, in order; absent = in every one there
 * is or will be.
 */
export function environmentsFor(
  authority: Authority,
  permission: Permission,
): readonly string[] | undefined {
  if (authority.everywhere.includes(permission)) return undefined;
  return [...authority.inEnvironments]
    .filter(([, permissions]) => permissions.includes(permission))
    .map(([environment]) => environment)
    .sort();
}

function permissionsIn(authority: Authority, environment: string): readonly Permission[] {
  return authority.inEnvironments.get(environment) ?? authority.everywhere;
}
