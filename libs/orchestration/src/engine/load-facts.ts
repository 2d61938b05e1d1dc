import {
  type BreakerCount,
  type ConstraintSet,
  dependencyRangeViolations,
  type Entity,
  type EntityFacts,
  type Environment,
  type Installation,
  type OwedBreakGlass,
  type Plan,
  type PromotionFacts,
  type Release,
  type ReportedState,
  type Violation,
  type Recall,
  runningVersion,
  type Waivable,
} from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import type { EvaluationRecord, ReleaseSummary, SpokeRecord } from '../ports/records.js';
import type { SlotCounts, SlotHolders } from '../ports/plan-slots.js';
import type { ChannelEntry } from '../ports/catalog-repositories.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import type { PresenceFacts } from '../spokes/presence.js';
import { isReady } from '../spokes/is-ready.js';
import { reportedState } from '../spokes/release-state.js';
import { grouped } from './grouped.js';
import { objectionsOf } from './objections-of.js';
import { loadBreakGlasses } from './load-break-glasses.js';
import { type KnownBackup, loadBackups } from './load-backups.js';
import { loadUnderWay, underWayFor } from './load-under-way.js';
import { loadNeighbours } from './load-dependencies.js';
import { loadBreakers, loadRestraints, loadSucceeded, loadWaysBack } from './load-restraints.js';
import { type Destination, loadPromotions } from './load-promotions.js';
import { distinct } from './distinct.js';
import { releaseKey } from './release-key.js';
import type { ReplicaFacts } from './replica-facts.js';

/** Everything one entity is evaluated with. */
export interface LoadedFacts {
  readonly entityFacts: EntityFacts;
  readonly environment: Environment;
  readonly surroundings: Surroundings;
  readonly lastEvaluation?: EvaluationRecord;
}

/** What is around an entity, whatever plan it gets. */
export interface Surroundings extends KnownBackup {
  readonly presence: PresenceFacts;
  readonly spoke: SpokeRecord;
  /** Its own spoke and those of its neighbours, as far as a plan may wait for what they say next. */
  readonly awaited: readonly SpokeRecord[];
  /** Plans executing in the environment, of the product and on the spoke, this entity's own not counted. */
  readonly executing: { readonly [K in 'environment' | 'product' | 'spoke']: number };
  readonly neighbours: readonly Installation[];
  readonly breaker: BreakerCount;
  /** Of its product, in whatever environment: what nobody has reviewed yet, as it counts now. */
  readonly breakGlasses: readonly OwedBreakGlass[];
  /** How a release has done elsewhere, before it comes to this entity. */
  readonly promotionOf: (release: Release) => PromotionFacts;
}

/**
 * Loads the facts of a batch of entities with a number of statements that does not depend on the
 * size of the batch. Names that are no entity are left out. In the order of the names.
 */
export async function loadFacts(
  unit: UnitOfWork,
  names: readonly string[],
  presence: ReplicaFacts,
  set: ConstraintSet,
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
  const spokeNames = distinct(entities.map(({ spoke }) => spoke));
  const spokes = byKey(await unit.spokes.getMany(spokeNames), ({ name }) => name);
  const releases = grouped(await unit.releases.ofProducts(productNames), ({ product }) => product);
  const channels = versionsIn(await unit.channels.ofProducts(productNames));
  const recalls = grouped(await unit.recalls.ofProducts(productNames), ({ product }) => product);
  const glasses = await loadBreakGlasses(unit, productNames, recalls, presence.now);
  const states = byKey(await unit.releaseStates.summaries(entities), releaseKey);
  const declines = grouped(await unit.declines.ofEntities(entityNames), ({ entity }) => entity);
  const evaluations = byKey(await unit.evaluations.getMany(entityNames), ({ entity }) => entity);
  const executing = await unit.plans.executing(slotHolders(entities));
  const restraints = await loadRestraints(unit, entities);
  const breakers = await loadBreakers(unit, environmentNames, presence.now);
  const neighbours = await loadNeighbours(unit, entities, presence);

  const sources = { environments, releases, spokes, states };
  const destinations = entities.map((entity) => destinationOf(entity, sources));
  const waysBack = await loadWaysBack(unit, destinations, { restraints, recalls });
  const succeeded = await loadSucceeded(unit, destinations);
  const underWay = await loadUnderWay(unit, destinations);
  const backupOf = await loadBackups(unit, destinations, { underWay, set });
  const promotions = await loadPromotions(unit, destinations, { presence, set });

  return destinations.map((destination) => {
    const { entity, environment, reported } = destination;
    const product = known(products.get(entity.product), `product ${entity.product}`);
    const spoke = known(spokes.get(entity.spoke), `spoke ${entity.spoke}`);
    const openPlan = openPlans.get(entity.name);
    const lastEvaluation = evaluations.get(entity.name);
    const around = neighbours.of(entity);
    const promotionOf = (release: Release): PromotionFacts => promotions.of(destination, release);
    const brought = underWayFor(entity, underWay);
    const { breakGlasses, waives } = glasses(destination, brought);
    const asked = { set, product, promotionOf, spoke, presence, waives };
    return {
      entityFacts: {
        entity,
        product,
        candidates: candidatesOf(entity, channelOf(destination), {
          ...{ releases, channels, recalls, reported, around, waives },
          objections: objectionsOf(destination, asked),
        }),
        declines: declines.get(entity.name) ?? [],
        ...{ ...restraints.get(entity.name), ...brought },
        ...{ waysBack: waysBack.get(entity.name) ?? [], succeeded: succeeded(entity.name) },
        ...{ ...(reported !== undefined && { reported }), ...(openPlan && { openPlan }) },
      },
      environment,
      surroundings: {
        ...{ presence, spoke, promotionOf, breakGlasses },
        awaited: [...(isReady(spoke, presence) ? [] : [spoke]), ...neighbours.silentAround(entity)],
        executing: othersExecuting(entity, openPlan, executing),
        ...{ neighbours: around, ...backupOf(entity.name) },
        breaker: known(breakers.get(environment.name), `breaker of ${environment.name}`),
      },
      ...(lastEvaluation !== undefined && { lastEvaluation }),
    };
  });
}

function slotHolders(entities: readonly Entity[]): SlotHolders {
  return {
    environments: distinct(entities.map(({ environment }) => environment)),
    products: distinct(entities.map(({ product }) => product)),
    spokes: distinct(entities.map(({ spoke }) => spoke)),
  };
}

function othersExecuting(
  { environment, product, spoke }: Entity,
  openPlan: Plan | undefined,
  { environments, products, spokes }: SlotCounts,
): Surroundings['executing'] {
  const own = openPlan?.state === 'EXECUTING' ? 1 : 0;
  return {
    environment: (environments.get(environment) ?? 0) - own,
    product: (products.get(product) ?? 0) - own,
    spoke: (spokes.get(spoke) ?? 0) - own,
  };
}

interface DestinationSources {
  readonly environments: ReadonlyMap<string, Environment>;
  readonly releases: ReadonlyMap<string, readonly Release[]>;
  readonly spokes: ReadonlyMap<string, SpokeRecord>;
  readonly states: ReadonlyMap<string, ReleaseSummary>;
}

function destinationOf(
  entity: Entity,
  { environments, releases, spokes, states }: DestinationSources,
): Destination {
  return {
    entity,
    environment: known(environments.get(entity.environment), `environment ${entity.environment}`),
    releases: releases.get(entity.product) ?? [],
    reported: reportedState(entity, spokes.get(entity.spoke), states.get(releaseKey(entity))),
  };
}

interface CandidateSources {
  readonly releases: ReadonlyMap<string, readonly Release[]>;
  readonly channels: ReadonlyMap<string, ReadonlySet<string>>;
  readonly recalls: ReadonlyMap<string, readonly Recall[]>;
  readonly reported: ReportedState | undefined;
  readonly around: readonly Installation[];
  readonly waives: readonly Waivable[];
  readonly objections: (release: Release) => readonly Violation[];
}

/** The channel it follows; for one that follows none, its environment's. */
function channelOf({ entity, environment }: Pick<Destination, 'entity' | 'environment'>): string {
  return 'channel' in entity.desired ? entity.desired.channel : environment.channel;
}

function candidatesOf(
  { name, spoke, product }: EntityFacts['entity'],
  channel: string,
  { releases, channels, recalls, reported, around, waives, objections }: CandidateSources,
): EntityFacts['candidates'] {
  const floor = runningVersion(reported?.release ?? null);
  const rangesAgainst = ({ version, dependencies }: Release): readonly Violation[] =>
    dependencyRangeViolations({
      ...{ entity: name, spoke, product, targetVersion: version },
      ...{ declared: dependencies, others: around },
    });
  return {
    releases: releases.get(product) ?? NOTHING,
    recalls: recalls.get(product) ?? NOTHING,
    channelVersions: channels.get(channelKey({ channel, product })) ?? NO_VERSIONS,
    objections: (release) => [
      ...(waives.includes('dependency') ? NOTHING : rangesAgainst(release)),
      ...objections(release),
    ],
    ...(floor !== undefined && { floor }),
  };
}

/** Entities share these lists, so that what they offer is worked out once for all that want the same. */
const NOTHING: readonly never[] = [];
const NO_VERSIONS: ReadonlySet<string> = new Set();

/** The versions in each channel of each product. */
function versionsIn(entries: readonly ChannelEntry[]): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    [...grouped(entries, channelKey)].map(([key, group]) => [
      key,
      new Set(group.map(({ version }) => version)),
    ]),
  );
}

function channelKey({ channel, product }: Pick<ChannelEntry, 'channel' | 'product'>): string {
  return `${channel}/${product}`;
}

function byKey<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [key(item), item]));
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new InvariantViolation(`${what} of an entity is not stored`);
  return value;
}
