import type { EntityFacts, Environment, Plan, PlanFacts, Release } from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import type { EvaluationRecord, SpokeRecord } from '../ports/records.js';
import type { ChannelEntry, UnitOfWork } from '../ports/unit-of-work.js';
import { presenceOf, type PresenceFacts } from '../spokes/presence.js';
import { reportedState } from '../spokes/release-state.js';

/** Everything one entity is evaluated with. */
export interface LoadedFacts {
  readonly entityFacts: EntityFacts;
  readonly environment: Environment;
  readonly planFacts: PlanFacts;
  readonly lastEvaluation?: EvaluationRecord;
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
    const channel = 'channel' in entity.desired ? entity.desired.channel : undefined;
    return {
      entityFacts: {
        entity,
        product,
        candidates: candidatesOf(entity.product, channel, releases, channels),
        declines: declines.get(entity.name) ?? [],
        ...(reported !== undefined && { reported }),
        ...(openPlan !== undefined && { openPlan }),
      },
      environment,
      planFacts: planFacts(environment, spoke, openPlan, executing, presence),
      ...(lastEvaluation !== undefined && { lastEvaluation }),
    };
  });
}

function planFacts(
  environment: Environment,
  spoke: SpokeRecord,
  openPlan: Plan | undefined,
  executing: ReadonlyMap<string, number>,
  presence: PresenceFacts,
): PlanFacts {
  const own = openPlan?.state === 'EXECUTING' ? 1 : 0;
  return {
    now: presence.now,
    spoke: {
      name: spoke.name,
      presence: presenceOf(spoke, presence),
      reported: spoke.stateEpoch === spoke.epoch,
      ...(spoke.lastSeenAt !== undefined && { lastSeenAt: spoke.lastSeenAt }),
    },
    environment: {
      name: environment.name,
      ...(environment.maxConcurrent !== undefined && { maxConcurrent: environment.maxConcurrent }),
      executing: (executing.get(environment.name) ?? 0) - own,
    },
  };
}

function candidatesOf(
  product: string,
  channel: string | undefined,
  releases: ReadonlyMap<string, readonly Release[]>,
  channels: ReadonlyMap<string, readonly ChannelEntry[]>,
): EntityFacts['candidates'] {
  const entries =
    channel === undefined ? [] : (channels.get(channelKey({ channel, product })) ?? []);
  return {
    releases: releases.get(product) ?? [],
    channelVersions: new Set(entries.map(({ version }) => version)),
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
