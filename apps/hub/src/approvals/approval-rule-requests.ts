import { type ApprovalRule, isRole, parseApprovalRule, ROLES } from '@apollo-deploy/domain';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import { Field } from '../http/field.js';
import { Refused } from '../http/refused.js';
import { DEMAND_SCHEMAS, SELECTOR_SCHEMAS } from './rule-schema.js';

const SCHEMAS = { ...DEMAND_SCHEMAS, ...SELECTOR_SCHEMAS };

/** A field of a rule; what it takes is the domain's to say. */
function RuleField(name: keyof typeof SCHEMAS, optional?: true): PropertyDecorator {
  const schema: ApiPropertyOptions = { allOf: [SCHEMAS[name]] };
  const rule = { accepted: `what is documented for ${name}`, schema, check: isThere };
  return Field(rule, optional === true ? { optional } : {});
}

function isThere(value: unknown): boolean {
  return value !== undefined;
}

/** What a rule asks for, and about which plans; the path says its name. */
export class ApprovalRuleChange {
  @RuleField('environment', true)
  environment?: unknown;

  @RuleField('tier', true)
  tier?: unknown;

  @RuleField('planTypes', true)
  planTypes?: unknown;

  @RuleField('criticality', true)
  criticality?: unknown;

  @RuleField('products', true)
  products?: unknown;

  @RuleField('strategy', true)
  strategy?: unknown;

  @RuleField('requiredRoles')
  requiredRoles!: unknown;

  @RuleField('requiredApprovers', true)
  requiredApprovers?: unknown;

  @RuleField('ttlHours', true)
  ttlHours?: unknown;

  @RuleField('requestTtlHours', true)
  requestTtlHours?: unknown;

  @RuleField('notBefore', true)
  notBefore?: unknown;

  @RuleField('escalation', true)
  escalation?: unknown;

  @RuleField('level', true)
  level?: unknown;

  @RuleField('allowAuthor', true)
  allowAuthor?: unknown;
}

export class ApprovalRuleRequest extends ApprovalRuleChange {
  @RuleField('name')
  name!: unknown;
}

/** The rule of a request; ends the request where a field, or a role in it, is not acceptable. */
export function readRule(fields: ApprovalRuleRequest): ApprovalRule {
  const parsed = parseApprovalRule({ ...fields });
  if (!parsed.ok) throw new Refused('http/invalid_request', parsed.error);
  const rule = parsed.value;
  checkRoles('requiredRoles', rule.requiredRoles);
  checkRoles('escalation.roles', rule.escalation?.roles ?? []);
  return rule;
}

/** Nobody would ever answer a rule that asks for a role which there is not. */
function checkRoles(field: string, roles: readonly string[]): void {
  const unknown = roles.find((role) => !isRole(role));
  if (unknown === undefined) return;
  const detail = `${field}: there is no role ${JSON.stringify(unknown)}; accepted are ${ROLES.join(', ')}`;
  throw new Refused('http/invalid_request', { detail, field });
}
