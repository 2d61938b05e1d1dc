import type { Tier } from '../catalog/environment.js';
import type { Criticality } from '../catalog/product.js';
import { isChange, type PlanClass } from '../plans/plan-class.js';
import type { PlanType } from '../plans/plan.js';

/** How a new version takes the place of the old one, as approval rules and delegations name it. */
export const STRATEGIES = ['rolling', 'immediate', 'blue_green', 'canary'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** What decides who must agree to a plan. */
export interface ApprovalSubject {
  readonly environment: string;
  readonly tier: Tier;
  readonly planType: PlanType;
  readonly planClass: PlanClass;
  readonly criticality: Criticality;
  readonly product: string;
  readonly strategy: Strategy;
  /** Approved already, with the plan that it repairs, takes back (`isCoveredBy`) or goes on with (`isStepOf`). */
  readonly covered: boolean;
}

/** Which plans an approval rule or a delegation is about; an absent member means any. */
export interface PlanSelector {
  /** A name. It excludes `tier`, which every environment has just one of. */
  readonly environment?: string;
  readonly tier?: Tier;
  readonly planTypes?: readonly PlanType[];
  readonly criticality?: Criticality;
  readonly products?: readonly string[];
  readonly strategy?: Strategy;
}

export function selects(selector: PlanSelector, plan: ApprovalSubject): boolean {
  return (
    is(selector.environment, plan.environment) &&
    is(selector.tier, plan.tier) &&
    is(selector.criticality, plan.criticality) &&
    is(selector.strategy, plan.strategy) &&
    isOfType(selector.planTypes, plan) &&
    has(selector.products, plan.product)
  );
}

/** What goes to an older version as a change, no way back, is one like an upgrade too. */
function isOfType(
  wanted: readonly PlanType[] | undefined,
  { planType, planClass }: ApprovalSubject,
): boolean {
  if (has(wanted, planType)) return true;
  return planType === 'rollback' && isChange(planClass) && has(wanted, 'upgrade');
}

function is<T>(wanted: T | undefined, value: T): boolean {
  return wanted === undefined || wanted === value;
}

function has<T>(wanted: readonly T[] | undefined, value: T): boolean {
  return wanted === undefined || wanted.includes(value);
}
