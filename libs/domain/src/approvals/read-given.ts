import { ok } from '@apollo-deploy/kernel';
import { TIERS } from '../catalog/environment.js';
import { CRITICALITIES } from '../catalog/product.js';
import { PLAN_CLASSES } from '../plans/plan-class.js';
import { PLAN_TYPES } from '../plans/plan.js';
import { refuseField } from '../schedules/field-refusal.js';
import { refuseUnknown } from '../schedules/window-fields.js';
import {
  type ApprovalFields,
  gather,
  type Read,
  readChoice,
  readInstant,
  readNameOf,
  readNames,
  readPerson,
} from './approval-fields.js';
import type { Person } from './approval.js';
import { type ApprovalSubject, STRATEGIES } from './plan-selector.js';

const NEEDED = ['environment', 'tier', 'type', 'criticality', 'product'] as const;

/** Reads `{environment, tier, type, criticality, product, strategy = rolling, planClass = ordinary}`. */
export function parseApprovalSubject(fields: ApprovalFields): Read<ApprovalSubject> {
  const known = refuseUnknown(fields, [...NEEDED, 'strategy', 'planClass']);
  if (!known.ok) return known;
  const missing = NEEDED.find((field) => fields[field] === undefined);
  if (missing !== undefined) {
    return refuseField(missing, `${missing} is missing; say of which plan you ask`);
  }
  const read = gather({
    environment: readNameOf(fields, 'environment'),
    tier: readChoice(fields, 'tier', TIERS),
    planType: readChoice(fields, 'type', PLAN_TYPES),
    criticality: readChoice(fields, 'criticality', CRITICALITIES),
    product: readNameOf(fields, 'product'),
    strategy: readChoice(fields, 'strategy', STRATEGIES),
    planClass: readChoice(fields, 'planClass', PLAN_CLASSES),
  });
  if (!read.ok) return read;
  const rest = { strategy: 'rolling', planClass: 'ordinary', covered: false } as const;
  return ok({ ...rest, ...(read.value as Omit<ApprovalSubject, 'covered'>) });
}

/** Reads `{name, roles}`. */
export function parsePerson(fields: ApprovalFields): Read<Person> {
  const known = refuseUnknown(fields, ['name', 'roles']);
  if (!known.ok) return known;
  const name = readPerson(fields, 'name');
  if (!name.ok) return name;
  const roles = readNames(fields, 'roles', { least: 0 });
  if (!roles.ok) return roles;
  if (roles.value === undefined) {
    return refuseField('roles', 'roles is missing; list the roles of the person, or []');
  }
  return ok({ name: name.value, roles: roles.value });
}

/** An approval as somebody imagines it, who asks what would come of it. */
export interface ImaginedApproval extends Person {
  /** RFC 3339; absent = at the instant that is asked about. */
  readonly at?: string;
}

/** Reads `{by, roles, at?}`. */
export function parseImaginedApproval(fields: ApprovalFields): Read<ImaginedApproval> {
  const known = refuseUnknown(fields, ['by', 'roles', 'at']);
  if (!known.ok) return known;
  const by = readPerson(fields, 'by');
  if (!by.ok) return by;
  const read = gather({
    roles: readNames(fields, 'roles', { least: 0 }),
    at: readInstant(fields, 'at'),
  });
  if (!read.ok) return read;
  return ok({ name: by.value, roles: [], ...read.value });
}
