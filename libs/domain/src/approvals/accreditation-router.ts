import { type Cell, cellOf } from '../constraints/applicability.js';
import { isChange } from '../plans/plan-class.js';
import type { ApprovalViolation } from './approval-violation.js';
import type { ApprovalRule } from './approval-rule.js';
import { type ApprovalSubject, selects } from './plan-selector.js';

/**
 * Who has to agree to a plan. `gates`: all of these rules, each by itself. `free`: nobody, and why.
 * `refused`: nobody knows, so the plan waits until a rule says.
 */
export type Routing =
  | {
      readonly kind: 'gates';
      /** By level, then by name. Never empty. */
      readonly rules: readonly ApprovalRule[];
      /** `waived`: a break-glass may let the plan go without; it is owed a review. */
      readonly effect: 'holds' | 'waived';
    }
  | { readonly kind: 'free'; readonly because: 'no_rule' | 'covered' | 'rollback' }
  | { readonly kind: 'refused'; readonly violation: ApprovalViolation };

/** Types and strategies do not matter where they are left out of what selects. */
const ANY_PLAN: Pick<ApprovalSubject, 'planType' | 'planClass' | 'strategy' | 'covered'> = {
  planType: 'upgrade',
  planClass: 'ordinary',
  strategy: 'rolling',
  covered: false,
};

/**
 * Finds who must agree to a plan: every rule that matches gives a gate of its own. Gates are never
 * merged, so that no rule is loosened by another one.
 */
export class AccreditationRouter {
  private readonly rules: readonly ApprovalRule[];

  constructor({ rules }: { readonly rules: readonly ApprovalRule[] }) {
    this.rules = [...rules].sort(
      (a, b) => a.level - b.level || (a.name < b.name ? -1 : Number(a.name > b.name)),
    );
  }

  /** Whether some plan of an entity may wait for anybody; false = no plan there does. */
  concerns(
    place: Pick<ApprovalSubject, 'environment' | 'tier' | 'criticality' | 'product'>,
  ): boolean {
    if (place.tier === 'production') return true;
    return this.rules.some(({ planTypes: _, strategy: __, ...selector }) =>
      selects(selector, { ...ANY_PLAN, ...place }),
    );
  }

  /** Fails closed: a change in production that no rule matches is refused. */
  route(plan: ApprovalSubject): Routing {
    const matching = this.rules.filter((rule) => selects(rule, plan));
    switch (approvalCell(plan)) {
      case 'covered':
        return { kind: 'free', because: 'covered' };
      case 'if_named':
        return gatesOf(matching.filter(namesRollback), 'holds', 'rollback');
      case 'by_rules':
        return gatesOf(matching, 'holds');
      case 'waived':
        return orRefused(plan, matching, 'waived');
      default:
        return orRefused(plan, matching, 'holds');
    }
  }
}

/**
 * What the table of what applies to whom says of approval. What should be covered and is not stands for
 * itself: a way back like one that a person asked for, anything else like an ordinary plan. A step of a
 * strategy is a change, and covered by what was agreed to with the first.
 */
function approvalCell({ planClass, covered }: ApprovalSubject): Cell {
  const cell = cellOf('approval', planClass);
  if (isChange(planClass) && covered) return 'covered';
  if (cell !== 'covered' || covered) return cell;
  return planClass === 'automatic_rollback' ? 'if_named' : 'applies';
}

function orRefused(
  plan: ApprovalSubject,
  matching: readonly ApprovalRule[],
  effect: 'holds' | 'waived',
): Routing {
  if (matching.length > 0 || plan.tier !== 'production') return gatesOf(matching, effect);
  return { kind: 'refused', violation: noRule(plan) };
}

function gatesOf(
  rules: readonly ApprovalRule[],
  effect: 'holds' | 'waived',
  because: 'no_rule' | 'rollback' = 'no_rule',
): Routing {
  return rules.length === 0 ? { kind: 'free', because } : { kind: 'gates', rules, effect };
}

/** A rule about any type of plan does not name it. */
function namesRollback({ planTypes = [] }: ApprovalRule): boolean {
  return planTypes.includes('rollback');
}

function noRule({
  environment,
  planType,
  product,
  criticality,
}: ApprovalSubject): ApprovalViolation {
  return {
    code: 'no_approval_rule',
    message: `no approval rule says who must agree to ${planType} plans of ${product} (criticality ${criticality}) in ${environment}, which is production; add a rule that does`,
    data: { environment, planType, product, criticality },
  };
}
