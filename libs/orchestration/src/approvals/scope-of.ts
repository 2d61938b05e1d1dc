import type { PlanSelector, Scope } from '@apollo-deploy/domain';

/** Where the plans are that a rule or a delegation is about. */
export function scopeOf({ environment, tier, criticality, products }: PlanSelector): Scope {
  return {
    ...(environment !== undefined && { environments: [environment] }),
    ...(tier !== undefined && { tiers: [tier] }),
    ...(criticality !== undefined && { criticalities: [criticality] }),
    ...(products !== undefined && { products }),
  };
}
