import {
  BUILT_IN_CONSTRAINTS,
  type Constraint,
  type ConstraintSet,
  type DependencyFacts,
  parseVersion,
  type PlanFacts,
  type ProposedPlan,
  type RuleFacts,
  type ScopeSubject,
} from '@apollo-deploy/domain';
import { presenceOf } from '../spokes/presence.js';
import type { LoadedFacts } from './load-facts.js';

/** The part of a proposal that constraints look at. */
export type ConstrainedPlan = Pick<ProposedPlan, 'type' | 'from' | 'to' | 'planClass'>;

/** Everything a plan must satisfy: what is built in, and what people stored about plans like it. */
export function constraintsOn(
  set: ConstraintSet,
  facts: LoadedFacts,
  plan: ConstrainedPlan,
): readonly Constraint[] {
  return [...BUILT_IN_CONSTRAINTS, ...set.for(subjectOf(facts, plan))];
}

/** What constraints are told about a plan. */
export function planFactsOf(facts: LoadedFacts, plan: ConstrainedPlan): PlanFacts {
  const { environment, surroundings } = facts;
  const { presence, spoke, executing } = surroundings;
  return {
    now: presence.now,
    planClass: plan.planClass,
    spoke: {
      name: spoke.name,
      presence: presenceOf(spoke, presence),
      reported: spoke.stateEpoch === spoke.epoch,
      ...(spoke.lastSeenAt !== undefined && { lastSeenAt: spoke.lastSeenAt }),
    },
    environment: {
      name: environment.name,
      ...(environment.maxConcurrent !== undefined && { maxConcurrent: environment.maxConcurrent }),
      executing,
    },
    dependencies: plan.planClass === 'repair' ? null : dependencyFacts(facts, plan),
    rule: ruleFacts(facts, plan),
  };
}

function subjectOf(
  { entityFacts, environment }: LoadedFacts,
  { type }: ConstrainedPlan,
): ScopeSubject {
  const { entity, product } = entityFacts;
  return {
    environment: environment.name,
    tier: environment.tier,
    product: product.name,
    entity: entity.name,
    planType: type,
    criticality: product.criticality,
    labels: entity.labels,
  };
}

function dependencyFacts(
  { entityFacts, surroundings }: LoadedFacts,
  { to }: ConstrainedPlan,
): DependencyFacts {
  const { entity, candidates } = entityFacts;
  const release = candidates.releases.find(({ version }) => version === to?.version);
  return {
    entity: entity.name,
    spoke: entity.spoke,
    product: entity.product,
    targetVersion: to?.version ?? null,
    declared: release?.dependencies ?? [],
    others: surroundings.neighbours,
  };
}

function ruleFacts(
  { entityFacts, environment }: LoadedFacts,
  { type, from, to }: ConstrainedPlan,
): RuleFacts {
  const { entity, product, reported } = entityFacts;
  return {
    planType: type,
    entity: entity.name,
    product: product.name,
    owner: product.owner ?? '',
    criticality: product.criticality,
    environment: environment.name,
    tier: environment.tier,
    spoke: entity.spoke,
    namespace: entity.namespace,
    strategy: entity.strategy,
    fromVersion: versionOf(from),
    toVersion: versionOf(to),
    labels: entity.labels,
    healthy: reported?.release?.health === 'Healthy',
    drifted: reported?.release?.drifted ?? false,
  };
}

function versionOf(state: { readonly version: string } | null): RuleFacts['toVersion'] {
  const parsed = state === null ? undefined : parseVersion(state.version);
  return parsed?.ok === true ? parsed.value : null;
}
