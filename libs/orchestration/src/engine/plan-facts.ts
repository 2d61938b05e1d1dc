import {
  applicable,
  BUILT_IN_CONSTRAINTS,
  type ClassedPlan,
  compareVersions,
  type Constraint,
  type ConstraintSet,
  type DependencyFacts,
  parseVersion,
  type PlanFacts,
  type ProposedPlan,
  type ReportedRelease,
  type RuleFacts,
  type ScopeSubject,
} from '@apollo-deploy/domain';
import { presenceOf } from '../spokes/presence.js';
import type { LoadedFacts } from './load-facts.js';

/** The part of a proposal that constraints look at. */
export type ConstrainedPlan = Pick<
  ProposedPlan,
  'type' | 'from' | 'to' | 'planClass' | 'content' | 'askedFor' | 'restraints'
>;

/** Everything that means something to a plan of its class: built in, or stored about plans like it. */
export function constraintsOn(
  set: ConstraintSet,
  facts: LoadedFacts,
  plan: ConstrainedPlan,
): readonly Constraint[] {
  const classed = classedPlan(plan);
  return [
    ...applicable(BUILT_IN_CONSTRAINTS, classed),
    ...set.for(subjectOf(facts, plan), classed),
  ];
}

/** What constraints are told about a plan. */
export function planFactsOf(facts: LoadedFacts, plan: ConstrainedPlan): PlanFacts {
  const { environment, surroundings } = facts;
  const { presence, spoke, executing, breaker } = surroundings;
  const { hold = null, suppression = null } = plan.restraints;
  return {
    now: presence.now,
    planClass: plan.planClass,
    content: plan.content,
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
      ...breaker,
    },
    entity: entityPart(facts, plan),
    dependencies: dependencyFacts(facts, plan),
    suppression,
    hold,
    rule: ruleFacts(facts, plan),
  };
}

function classedPlan({ planClass, from, to }: ConstrainedPlan): ClassedPlan {
  const [runs, comes] = [versionOf(from), versionOf(to)];
  const forward = runs !== null && comes !== null && compareVersions(comes, runs) > 0;
  return { planClass, forward };
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

function entityPart(
  { entityFacts }: LoadedFacts,
  { content, askedFor }: ConstrainedPlan,
): PlanFacts['entity'] {
  const { entity, reported } = entityFacts;
  const release = reported?.release ?? null;
  return {
    name: entity.name,
    trouble: release === null ? '' : troubleOf(release),
    bringsWhatRuns:
      release?.helmStatus === 'deployed' &&
      !release.drifted &&
      release.version === content.chart?.version &&
      release.valuesDigest === content.valuesDigest,
    askedFor,
  };
}

/** What is starting, or cannot be told, is not in error. */
function troubleOf({ helmStatus, health, message, reason }: ReportedRelease): string {
  if (helmStatus === 'failed') return 'its release failed';
  if (health !== 'Degraded' && health !== 'Missing') return '';
  const more = message ?? reason;
  return more === undefined ? health : `${health}: ${more}`;
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
