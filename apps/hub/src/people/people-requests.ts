import {
  isPermission,
  isRole,
  type Permission,
  PERMISSIONS,
  type Role,
  type RoleGrant,
  ROLES,
} from '@apollo-deploy/domain';
import {
  Field,
  FlagField,
  InstantField,
  isPlainObject,
  NAME_LENGTH,
  TextField,
} from '../http/field.js';

const MAX_GRANTS = 100;
const MAX_ENVIRONMENTS = 100;
const ROLE_LIST = { type: 'array', items: { type: 'string', enum: [...ROLES] } };
const isListOf = (value: unknown, most: number, is: (text: string) => boolean): boolean =>
  Array.isArray(value) &&
  value.length <= most &&
  value.every((text) => typeof text === 'string' && is(text));

export class RolesRequest {
  @Field(
    {
      accepted: `a list of any of ${ROLES.join(', ')}`,
      schema: { type: 'array', items: { type: 'string', enum: [...ROLES] } },
      check: (value) => isListOf(value, ROLES.length, isRole),
    },
    { description: 'All roles in every environment; those left out are taken away.' },
  )
  roles!: readonly Role[];

  @Field(
    {
      accepted: `a list of at most ${MAX_GRANTS} objects {environment, roles}`,
      schema: {
        type: 'array',
        maxItems: MAX_GRANTS,
        items: {
          type: 'object',
          required: ['environment', 'roles'],
          properties: { environment: { type: 'string' }, roles: ROLE_LIST },
        },
      },
      check: (value) => Array.isArray(value) && value.length <= MAX_GRANTS && value.every(isGrant),
    },
    { optional: true, description: 'All roles in single environments besides. Absent = none.' },
  )
  grants?: readonly RoleGrant[];

  @FlagField({
    optional: true,
    description: 'Lets nobody act under this name: no role counts, no token works. Absent = false.',
  })
  disabled?: boolean;

  @FlagField({
    optional: true,
    description: 'No person: it acts by tokens only and agrees to nothing. Absent = false.',
  })
  machine?: boolean;
}

export class TokenRequest {
  @TextField({ maximum: NAME_LENGTH, description: 'What it is for, 1 to 100 characters.' })
  name!: string;

  @Field(
    {
      accepted: `a list of any of ${PERMISSIONS.join(', ')}, not empty`,
      schema: { type: 'array', items: { type: 'string', enum: [...PERMISSIONS] }, minItems: 1 },
      check: (value) =>
        isListOf(value, PERMISSIONS.length, isPermission) && (value as unknown[]).length > 0,
    },
    { description: 'What it lets its holder do; never more than the owner may do at that time.' },
  )
  scopes!: readonly Permission[];

  @Field(
    {
      accepted: `a list of 1 to ${MAX_ENVIRONMENTS} names`,
      schema: { type: 'array', items: { type: 'string' }, minItems: 1 },
      check: (value) =>
        isListOf(value, MAX_ENVIRONMENTS, (name) => name.length <= NAME_LENGTH) &&
        (value as unknown[]).length > 0,
    },
    { optional: true, description: 'Where it counts. Absent = wherever the owner may do it.' },
  )
  environments?: readonly string[];

  @InstantField({ description: 'At most 366 days away.' })
  expiresAt!: string;
}

function isGrant(value: unknown): boolean {
  if (!isPlainObject(value) || Object.keys(value).length !== 2) return false;
  const { environment, roles } = value;
  return (
    typeof environment === 'string' &&
    environment.length <= NAME_LENGTH &&
    isListOf(roles, ROLES.length, isRole)
  );
}
