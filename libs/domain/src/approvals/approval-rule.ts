import { ok } from '@apollo-deploy/kernel';
import { refuseField } from '../schedules/field-refusal.js';
import { refuseUnknown, shown } from '../schedules/window-fields.js';
import type { GateDemand } from './approval-gate.js';
import {
  type ApprovalFields,
  gather,
  type Read,
  readFlag,
  readHours,
  readInstant,
  readNameOf,
  readNames,
  readWhole,
} from './approval-fields.js';
import type { PlanSelector } from './plan-selector.js';
import { readSelector, SELECTOR_FIELDS } from './read-selector.js';

const MAX_APPROVERS = 20;
const MAX_LEVEL = 10;

/** Whom else to ask when nobody answers, and after how long. Silence itself never approves. */
export interface Escalation {
  /** Counted as the time to answer is: only while nothing but time and approval is missing. */
  readonly afterHours: number;
  /** People with these roles may then take any of the gate's seats. */
  readonly roles: readonly string[];
}

/** What a rule demands, apart from which plans it is about. */
export interface RuleDemand extends GateDemand {
  /** A gate opens once all gates of lower levels are met; 1 is the lowest. */
  readonly level: number;
  /** Authors of a plan may approve it. */
  readonly allowAuthor: boolean;
  /** How long people have to answer, in hours; then the plan is cancelled. Absent = for ever. */
  readonly requestTtlHours?: number;
  /** The gate does not hold before this instant, whoever approved. RFC 3339. */
  readonly notBefore?: string;
  readonly escalation?: Escalation;
}

/** Who must agree to which plans. */
export interface ApprovalRule extends RuleDemand, PlanSelector {
  readonly name: string;
}

const DEMAND_FIELDS = [
  ...['name', 'requiredRoles', 'requiredApprovers', 'ttlHours', 'requestTtlHours', 'notBefore'],
  ...['escalation', 'level', 'allowAuthor'],
];

/**
 * Reads a rule as it was sent or stored, and names the field that is not acceptable. Roles may be an
 * empty list: then any people will do.
 */
export function parseApprovalRule(fields: ApprovalFields): Read<ApprovalRule> {
  const known = refuseUnknown(fields, [...DEMAND_FIELDS, ...SELECTOR_FIELDS]);
  if (!known.ok) return known;
  const name = readNameOf(fields, 'name');
  if (!name.ok) return name;
  if (name.value === undefined) {
    return refuseField('name', 'name is missing; give the rule a name, by which people know it');
  }
  const selector = readSelector(fields);
  if (!selector.ok) return selector;
  const demand = readDemand(fields);
  if (!demand.ok) return demand;
  return ok({ name: name.value, ...selector.value, ...demand.value });
}

/** Reads the demand alone, for a gate that is tried without a rule; its `name` is for the caller. */
export function parseRuleDemand(fields: ApprovalFields): Read<RuleDemand> {
  const known = refuseUnknown(fields, DEMAND_FIELDS);
  return known.ok ? readDemand(fields) : known;
}

function readDemand(fields: ApprovalFields): Read<RuleDemand> {
  const roles = readNames(fields, 'requiredRoles', { least: 0, most: MAX_APPROVERS });
  if (!roles.ok) return roles;
  if (roles.value === undefined) {
    return refuseField(
      'requiredRoles',
      'requiredRoles is missing; list the roles that must agree, or [] if any people will do',
    );
  }
  const rest = gather({
    requiredApprovers: readWhole(fields, 'requiredApprovers', MAX_APPROVERS),
    ttlHours: readHours(fields, 'ttlHours'),
    requestTtlHours: readHours(fields, 'requestTtlHours'),
    notBefore: readInstant(fields, 'notBefore'),
    escalation: readEscalation(fields),
    level: readWhole(fields, 'level', MAX_LEVEL),
    allowAuthor: readFlag(fields, 'allowAuthor'),
  });
  if (!rest.ok) return rest;
  return ok({ level: 1, allowAuthor: false, requiredRoles: roles.value, ...rest.value });
}

function readEscalation({ escalation }: ApprovalFields): Read<Escalation | undefined> {
  if (escalation === undefined) return ok(undefined);
  if (typeof escalation !== 'object' || escalation === null || Array.isArray(escalation)) {
    return refuseField(
      'escalation',
      `escalation is ${shown(escalation)}; accepted is {afterHours, roles}: after how long whom else to ask`,
    );
  }
  const fields = escalation as ApprovalFields;
  const known = refuseUnknown(fields, ['afterHours', 'roles']);
  if (!known.ok) return refuseField(`escalation.${known.error.field}`, known.error.detail);
  const read = gather({
    afterHours: readHours(fields, 'afterHours'),
    roles: readNames(fields, 'roles', { least: 1, most: MAX_APPROVERS }),
  });
  if (!read.ok) return refuseField(`escalation.${read.error.field}`, read.error.detail);
  const { afterHours, roles } = read.value;
  if (afterHours === undefined || roles === undefined) {
    const missing = afterHours === undefined ? 'afterHours' : 'roles';
    return refuseField(
      `escalation.${missing}`,
      `${missing} is missing; say after how many hours whom else to ask`,
    );
  }
  return ok({ afterHours, roles });
}
