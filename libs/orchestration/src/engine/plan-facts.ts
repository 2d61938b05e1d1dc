import {
  applicable,
  BACKUP_OF_DEPLOYMENT,
  BUILT_IN_CONSTRAINTS,
  type ClassedPlan,
  compareVersions,
  type Constraint,
  type ConstraintSet,
  type DependencyFacts,
  parseVersion,
  type PlanFacts,
  type PromotionFacts,
  type ProposedPlan,
  type Release,
  type ReportedRelease,
  recallOf,
  type RuleFacts,
  waivedFor,
} from '@apollo-deploy/domain';
import { maxConcurrentOf } from '../spokes/max-concurrent.js';
import { capabilitiesOf, isLedgerToCome } from '../spokes/capabilities.js';
import { presenceOf } from '../spokes/presence.js';
import type { LoadedFacts } from './load-facts.js';
import { scopeSubject } from './scope-subject.js';

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
  const classed = classedPlan(facts, plan);
  const { entityFacts, environment } = facts;
  const { entity, product } = entityFacts;
  return [
    ...applicable(BUILT_IN_CONSTRAINTS, classed),
    ...(facts.surroundings.backupSince === undefined
      ? []
      : applicable([BACKUP_OF_DEPLOYMENT], classed)),
    ...set.for(scopeSubject(entity, { product, environment }, plan.type), classed),
  ];
}

/** What constraints are told about a plan. */
export function planFactsOf(facts: LoadedFacts, plan: ConstrainedPlan): PlanFacts {
  const { environment, surroundings } = facts;
  const { product, hotfix, waveBefore } = facts.entityFacts;
  const { presence, executing, breaker } = surroundings;
  const { hold = null, suppression = null } = plan.restraints;
  const { recalls = [] } = facts.entityFacts.candidates;
  const recall = plan.to === null ? undefined : recallOf(recalls, plan.to.version);
  return {
    now: presence.now,
    planClass: plan.planClass,
    content: plan.content,
    requires: targetRelease(facts.entityFacts, plan.to)?.requires ?? [],
    spoke: spokePart(facts),
    environment: {
      name: environment.name,
      ...(environment.maxConcurrent !== undefined && { maxConcurrent: environment.maxConcurrent }),
      executing: executing.environment,
      ...breaker,
    },
    product: {
      name: product.name,
      ...(product.maxConcurrent !== undefined && { maxConcurrent: product.maxConcurrent }),
      executing: executing.product,
    },
    entity: entityPart(facts, plan),
    dependencies: dependencyFacts(facts, plan),
    suppression,
    hold,
    promotion: promotionFacts(facts, plan),
    breakGlasses: surroundings.breakGlasses,
    ...(hotfix !== undefined && { hotfix: hotfix.deployment }),
    backup: backupPart(facts, plan),
    ...(recall !== undefined && { recall }),
    ...(waveBefore !== undefined && { waveBefore }),
    rule: ruleFacts(facts, plan),
  };
}

/** What decides which constraints mean something to a plan. */
export function classedPlan(
  { environment, entityFacts, surroundings }: LoadedFacts,
  { planClass, from, to }: Pick<ConstrainedPlan, 'planClass' | 'from' | 'to'>,
): ClassedPlan {
  const [runs, comes] = [versionOf(from), versionOf(to)];
  const forward = runs !== null && comes !== null && compareVersions(comes, runs) > 0;
  const { breakGlasses, presence } = surroundings;
  const hotfix = entityFacts.hotfix?.deployment;
  const plan = { planClass, hotfix, environment: environment.name, now: presence.now };
  const waives = waivedFor(breakGlasses, plan);
  return { planClass, forward, ...(waives !== undefined && { waives }) };
}

function backupPart(
  { surroundings: { backup, backupSince } }: LoadedFacts,
  { content }: ConstrainedPlan,
): PlanFacts['backup'] {
  return {
    base: content.base?.releaseDigest ?? null,
    record: backup ?? null,
    ...(backupSince !== undefined && { since: backupSince }),
  };
}

function spokePart({ surroundings }: LoadedFacts): PlanFacts['spoke'] {
  const { presence, spoke, executing } = surroundings;
  return {
    name: spoke.name,
    presence: presenceOf(spoke, presence),
    reported: spoke.stateEpoch === spoke.epoch,
    ledgerToCome: isLedgerToCome(spoke),
    maxConcurrent: maxConcurrentOf(spoke),
    executing: executing.spoke,
    ...(spoke.lastSeenAt !== undefined && { lastSeenAt: spoke.lastSeenAt }),
    ...(spoke.clockSkewMs !== undefined && { clockSkewMs: spoke.clockSkewMs }),
    ...capabilitiesOf(spoke),
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
    ...(release?.unmanaged === true && {
      foreignRelease: `${entity.namespace}/${entity.releaseName}`,
    }),
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
  const { entity } = entityFacts;
  const release = targetRelease(entityFacts, to);
  return {
    entity: entity.name,
    spoke: entity.spoke,
    product: entity.product,
    targetVersion: to?.version ?? null,
    declared: release?.dependencies ?? [],
    others: surroundings.neighbours,
  };
}

function promotionFacts(
  { entityFacts, surroundings }: LoadedFacts,
  { to }: ConstrainedPlan,
): PromotionFacts | null {
  const release = targetRelease(entityFacts, to);
  return release === undefined ? null : surroundings.promotionOf(release);
}

function targetRelease(
  { candidates }: LoadedFacts['entityFacts'],
  to: ConstrainedPlan['to'],
): Release | undefined {
  return candidates.releases.find(({ version }) => version === to?.version);
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
    strategy: entity.rollout?.strategy ?? entity.strategy,
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
