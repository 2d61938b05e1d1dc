import {
  type BreakerCount,
  dependencyRangeViolations,
  type EntityFacts,
  type Environment,
  type Installation,
  type Release,
  type ReportedState,
} from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import type { EvaluationRecord, SpokeRecord } from '../ports/records.js';
import type { ChannelEntry, UnitOfWork } from '../ports/unit-of-work.js';
import type { PresenceFacts } from '../spokes/presence.js';
import { reportedState } from '../spokes/release-state.js';
import { loadNeighbours } from './load-dependencies.js';
import { loadBreakers, loadRestraints } from './load-restraints.js';

/** Everything one entity is evaluated with. */
export interface LoadedFacts {
  readonly entityFacts: EntityFacts;
  readonly environment: Environment;
  readonly surroundings: Surroundings;
  readonly lastEvaluation?: EvaluationRecord;
}

/** What is around an entity, whatever plan it gets. */
export interface Surroundings {
  readonly presence: PresenceFacts;
  readonly spoke: SpokeRecord;
  /** Plans executing in the environment, this entity's own not counted. */
  readonly executing: number;
  readonly neighbours: readonly Installation[];
  readonly breaker: BreakerCount;
}

/**
 * Loads the facts of a batch of entities with a number of statements that does not depend on the
 * size of the batch. Names that are no entity are left out. In the order of the names.
 */
export async function loadFacts(
  unit: UnitOfWork,
  names: readonly string[],
  presence: PresenceFacts,
): Promise<readonly LoadedFacts[]> {
  const entities = await unit.entities.getMany(names);
  if (entities.length === 0) return [];
  const entityNames = entities.map(({ name }) => name);
  // Open plans before states: a plan that ends in between is then seen open, or its state is seen.
  const openPlans = byKey(await unit.plans.openOf(entityNames), ({ entity }) => entity);
  const productNames = distinct(entities.map(({ product }) => product));
  const environmentNames = distinct(entities.map(({ environment }) => environment));
  const products = byKey(await unit.products.getMany(productNames), ({ name }) => name);
  const environments = byKey(await unit.environments.getMany(environmentNames), ({ name }) => name);
  const spokes = byKey(
    await unit.spokes.getMany(distinct(entities.map(({ spoke }) => spoke))),
    ({ name }) => name,
  );
  const releases = grouped(await unit.releases.ofProducts(productNames), ({ product }) => product);
  const channels = grouped(await unit.channels.ofProducts(productNames), channelKey);
  const states = byKey(await unit.releaseStates.getMany(entities), releaseKey);
  const declines = grouped(await unit.declines.ofEntities(entityNames), ({ entity }) => entity);
  const evaluations = byKey(await unit.evaluations.getMany(entityNames), ({ entity }) => entity);
  const executing = await unit.plans.executingIn(environmentNames);
  const restraints = await loadRestraints(unit, entityNames);
  const breakers = await loadBreakers(unit, environmentNames, presence.now);
  const neighbours = await loadNeighbours(unit, entities, [...releases.values()].flat(), presence);

  return entities.map((entity) => {
    const product = known(products.get(entity.product), `product ${entity.product}`);
    const environment = known(
      environments.get(entity.environment),
      `environment ${entity.environment}`,
    );
    const spoke = known(spokes.get(entity.spoke), `spoke ${entity.spoke}`);
    const reported = reportedState(spoke, states.get(releaseKey(entity)));
    const openPlan = openPlans.get(entity.name);
    const lastEvaluation = evaluations.get(entity.name);
    const around = neighbours.of(entity);
    const channel = 'channel' in entity.desired ? entity.desired.channel : undefined;
    return {
      entityFacts: {
        entity,
        product,
        candidates: candidatesOf(entity, channel, { releases, channels, reported, around }),
        declines: declines.get(entity.name) ?? [],
        ...restraints.get(entity.name),
        ...(reported !== undefined && { reported }),
        ...(openPlan !== undefined && { openPlan }),
      },
      environment,
      surroundings: {
        presence,
        spoke,
        executing:
          (executing.get(environment.name) ?? 0) - (openPlan?.state === 'EXECUTING' ? 1 : 0),
        neighbours: around,
        breaker: known(breakers.get(environment.name), `breaker of ${environment.name}`),
      },
      ...(lastEvaluation !== undefined && { lastEvaluation }),
    };
  });
}

interface CandidateSources {
  readonly releases: ReadonlyMap<string, readonly Release[]>;
  readonly channels: ReadonlyMap<string, readonly ChannelEntry[]>;
  readonly reported: ReportedState | undefined;
  readonly around: readonly Installation[];
}

function candidatesOf(
  { name, spoke, product }: EntityFacts['entity'],
  channel: string | undefined,
  { releases, channels, reported, around }: CandidateSources,
): EntityFacts['candidates'] {
  const entries =
    channel === undefined ? [] : (channels.get(channelKey({ channel, product })) ?? []);
  const floor = reported?.release?.deployed?.version ?? reported?.release?.version;
  return {
    releases: releases.get(product) ?? [],
    channelVersions: new Set(entries.map(({ version }) => version)),
    objections: ({ version, dependencies }) =>
      dependencyRangeViolations({
        entity: name,
        spoke,
        product,
        targetVersion: version,
        declared: dependencies,
        others: around,
      }),
    ...(floor !== undefined && { floor }),
  };
}

function channelKey({ channel, product }: Pick<ChannelEntry, 'channel' | 'product'>): string {
  return `${channel}/${product}`;
}

function releaseKey(key: {
  readonly spoke: string;
  readonly namespace: string;
  readonly releaseName: string;
}): string {
  return `${key.spoke}/${key.namespace}/${key.releaseName}`;
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

function byKey<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [key(item), item]));
}

function grouped<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new InvariantViolation(`${what} of an entity is not stored`);
  return value;
}
