import type { Role } from './role.js';

/** Roles in one environment only. */
export interface RoleGrant {
  readonly environment: string;
  readonly roles: readonly Role[];
}

/** The roles of somebody: in every environment, and in some besides. */
export interface HeldRoles {
  readonly roles: readonly Role[];
  readonly grants: readonly RoleGrant[];
}

/** The roles that somebody has in an environment, each once. */
export function rolesIn({ roles, grants }: HeldRoles, environment: string): readonly Role[] {
  const granted = grants.filter((grant) => grant.environment === environment);
  return [...new Set([...roles, ...granted.flatMap((grant) => grant.roles)])];
}

/** The roles that somebody has anywhere, each once. */
export function rolesAnywhere({ roles, grants }: HeldRoles): readonly Role[] {
  return [...new Set([...roles, ...grants.flatMap((grant) => grant.roles)])];
}
