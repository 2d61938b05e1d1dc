import {
  AccreditationRouter,
  type ApprovalRule,
  DEFAULT_APPROVAL_RULES,
} from '@apollo-deploy/domain';
import type { ApprovalRuleRecord } from '../ports/approval-repositories.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** A rule that asks people, and what is known of where it comes from. */
export interface RuleInForce {
  readonly rule: ApprovalRule;
  /** Absent: it is a default rule, as nobody has touched it. */
  readonly record?: ApprovalRuleRecord;
  /** 0 for a default rule that nobody has touched. */
  readonly version: number;
}

/**
 * The rules by which people are asked: what is stored, and the default rules whose names nobody has
 * used or taken away. In the order of their names.
 */
export function rulesInForce(stored: readonly ApprovalRuleRecord[]): readonly RuleInForce[] {
  const touched = new Set(stored.map(({ name }) => name));
  const defaults = DEFAULT_APPROVAL_RULES.filter(({ name }) => !touched.has(name));
  return [
    ...defaults.map((rule) => ({ rule, version: 0 })),
    ...stored.flatMap((record) =>
      record.rule === null ? [] : [{ rule: record.rule, record, version: record.version }],
    ),
  ].sort((a, b) => (a.rule.name < b.rule.name ? -1 : 1));
}

/** Who must agree to plans, as this transaction sees it. */
export async function loadRouter(unit: UnitOfWork): Promise<AccreditationRouter> {
  const inForce = rulesInForce(await unit.approvalRules.all());
  return new AccreditationRouter({ rules: inForce.map(({ rule }) => rule) });
}
