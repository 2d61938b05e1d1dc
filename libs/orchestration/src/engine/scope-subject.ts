import type { Entity, Environment, PlanType, Product, ScopeSubject } from '@apollo-deploy/domain';

/** What scopes are matched against for a plan of this type. */
export function scopeSubject(
  entity: Entity,
  { product, environment }: { readonly product: Product; readonly environment: Environment },
  planType: PlanType,
): ScopeSubject {
  return {
    environment: environment.name,
    tier: environment.tier,
    product: product.name,
    entity: entity.name,
    planType,
    criticality: product.criticality,
    labels: entity.labels,
  };
}
