import { Reflector } from '@nestjs/core';
import type { Permission } from '@apollo-deploy/domain';
import type { Whereabouts } from './whereabouts.js';

/** What it takes a person, or a machine, to use a route: a permission, where the request does it. */
export interface PersonAccess {
  readonly permission: Permission;
  readonly where: Whereabouts;
}

/**
 * Who may use a route: anyone, all people and machines that the hub knows whatever they may do, spokes,
 * or those who have a permission.
 */
export type AccessRule = 'anyone' | 'known' | 'spokes' | PersonAccess;

/** Says who may use a route or all routes of a controller. A route without a rule serves nobody. */
export const Access = Reflector.createDecorator<AccessRule>();

/** The rule that only those use a route who have the permission where the request does it. */
export function may(permission: Permission, where: Whereabouts): PersonAccess {
  return { permission, where };
}
