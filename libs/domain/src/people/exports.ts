export {
  type Authority,
  authorityOf,
  environmentsFor,
  mayDo,
  narrowed,
  type Place,
  type TokenScope,
} from './authority.js';
export {
  isForPeopleOnly,
  isPermission,
  LOCAL_PERMISSIONS,
  type Permission,
  PERMISSIONS,
  rolesWith,
} from './permissions.js';
export { type HeldRoles, type RoleGrant, rolesAnywhere, rolesIn } from './held-roles.js';
export { isTokenText, tokenText } from './token-text.js';
export { isReservedName } from './reserved-names.js';
export { isRole, type Role, ROLES } from './role.js';
