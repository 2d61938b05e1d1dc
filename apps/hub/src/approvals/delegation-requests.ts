import { parseSelector, type PlanSelector, type Role, ROLES } from '@apollo-deploy/domain';
import { Field, InstantField, isPlainObject, TextField } from '../http/field.js';
import { Refused } from '../http/refused.js';
import { SELECTOR_SCHEMAS } from './rule-schema.js';

const isRoleList = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= ROLES.length &&
  value.every((role) => (ROLES as readonly unknown[]).includes(role));

export class DelegationRequest {
  @TextField({ maximum: 256, description: 'The name of who is to stand in.' })
  to!: string;

  @Field(
    {
      accepted: `a list of any of ${ROLES.join(', ')}, not empty`,
      schema: { type: 'array', items: { type: 'string', enum: [...ROLES] }, minItems: 1 },
      check: isRoleList,
    },
    { description: 'Roles of your own. Those that somebody lent you are not lent on.' },
  )
  roles!: readonly Role[];

  @Field(
    {
      accepted: 'an object that says which plans are meant',
      schema: { allOf: [{ type: 'object', properties: SELECTOR_SCHEMAS }] },
      check: isPlainObject,
    },
    { optional: true, description: 'For which plans. Absent = for all.' },
  )
  scope?: Readonly<Record<string, unknown>>;

  @InstantField({ optional: true, description: 'Absent = from now on.' })
  from?: string;

  @InstantField({ description: 'Not included.' })
  until!: string;
}

/** For which plans roles are lent; ends the request where that cannot be read. */
export function readDelegationScope({ scope = {} }: DelegationRequest): PlanSelector {
  const read = parseSelector(scope);
  if (read.ok) return read.value;
  const { field, detail } = read.error;
  throw new Refused('http/invalid_request', { detail: `scope.${detail}`, field: `scope.${field}` });
}
