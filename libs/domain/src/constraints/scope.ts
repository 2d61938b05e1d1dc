import type { Tier } from '../catalog/environment.js';
import type { Criticality } from '../catalog/product.js';
import type { PlanType } from '../plans/plan.js';

/** Which plans a stored constraint is about; an absent member means all of them. */
export interface Scope {
  readonly environments?: readonly string[];
  readonly tiers?: readonly Tier[];
  readonly products?: readonly string[];
  readonly entities?: readonly string[];
  readonly planTypes?: readonly PlanType[];
  readonly criticalities?: readonly Criticality[];
  /** Labels the entity must all carry, with these values. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What a scope is matched against. */
export interface ScopeSubject {
  readonly environment: string;
  readonly tier: Tier;
  readonly product: string;
  readonly entity: string;
  readonly planType: PlanType;
  readonly criticality: Criticality;
  readonly labels: Readonly<Record<string, string>>;
}

export function inScope(scope: Scope, subject: ScopeSubject): boolean {
  return (
    allows(scope.environments, subject.environment) &&
    allows(scope.tiers, subject.tier) &&
    allows(scope.planTypes, subject.planType) &&
    reaches(scope, subject)
  );
}

/** Whether plans for an entity can be in a scope, if its environment is and whatever their type. */
export function reaches(
  scope: Scope,
  subject: Pick<ScopeSubject, 'product' | 'entity' | 'criticality' | 'labels'>,
): boolean {
  return (
    allows(scope.products, subject.product) &&
    allows(scope.entities, subject.entity) &&
    allows(scope.criticalities, subject.criticality) &&
    carries(subject.labels, scope.labels ?? {})
  );
}

function allows<T>(accepted: readonly T[] | undefined, value: T): boolean {
  return accepted === undefined || accepted.includes(value);
}

function carries(
  labels: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(wanted).every(
    ([key, value]) => Object.hasOwn(labels, key) && labels[key] === value,
  );
}
