import {
  compareVersions,
  type ConstraintSet,
  type Entity,
  type Environment,
  healthyTime,
  isLowerTier,
  parseVersion,
  type PromotionFacts,
  type Release,
  type ReportedState,
  runningVersion,
  type RunRecord,
  type SourceRun,
} from '@apollo-deploy/domain';
import type { SpokeRecord } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { presenceOf, type PresenceFacts } from '../spokes/presence.js';
import { distinct } from './distinct.js';
import type { ReplicaFacts } from './replica-facts.js';

/** An entity that something new may come to. */
export interface Destination {
  readonly entity: Entity;
  readonly environment: Environment;
  readonly releases: readonly Release[];
  readonly reported: ReportedState | undefined;
}

/** How the releases that may come to the entities of a batch have done elsewhere. */
export interface Promotions {
  of(destination: Destination, release: Release): PromotionFacts;
}

/** What is asked for of the batch, and judged by. */
interface Question {
  readonly presence: ReplicaFacts;
  readonly set: ConstraintSet;
}

/**
 * Loads the runs of the releases that matter, with a constant number of statements; with none at all
 * where no constraint looks at them.
 */
export async function loadPromotions(
  unit: UnitOfWork,
  destinations: readonly Destination[],
  { presence, set }: Question,
): Promise<Promotions> {
  const guarded = destinations.filter(
    ({ environment }) => environment.tier === 'production' || set.selects,
  );
  const charts = distinct(guarded.flatMap((one) => chartsFor(one, set.selects)));
  const sources = await loadSources(unit, charts, presence);
  const homes = await loadHomes(unit, distinct(guarded.map(({ entity }) => entity.product)));
  return new LoadedPromotions(presence, sources, homes);
}

async function loadSources(
  unit: UnitOfWork,
  charts: readonly string[],
  presence: PresenceFacts,
): Promise<ReadonlyMap<string, readonly SourceRun[]>> {
  if (charts.length === 0) return new Map();
  const runs = await unit.runs.leading(charts);
  const spokes = await unit.spokes.getMany(distinct(runs.map(({ spoke }) => spoke)));
  const bySpoke = new Map(spokes.map((spoke) => [spoke.name, spoke]));
  const sources = new Map<string, SourceRun[]>(charts.map((chart) => [chart, []]));
  for (const run of runs) {
    sources.get(run.chartSha256)?.push(sourceRun(run, bySpoke.get(run.spoke), presence));
  }
  return sources;
}

/** Where these products have entities. */
async function loadHomes(unit: UnitOfWork, products: readonly string[]): Promise<readonly Home[]> {
  if (products.length === 0) return [];
  const places = await unit.entities.environmentsOf(products);
  const environments = await unit.environments.getMany(
    distinct(places.map(({ environment }) => environment)),
  );
  const tierOf = new Map(environments.map(({ name, tier }) => [name, tier]));
  return places.flatMap(({ product, environment }) => {
    const tier = tierOf.get(environment);
    return tier === undefined ? [] : [{ product, environment, tier }];
  });
}

interface Home extends Pick<Environment, 'tier'> {
  readonly product: string;
  readonly environment: string;
}

class LoadedPromotions implements Promotions {
  constructor(
    private readonly presence: ReplicaFacts,
    private readonly sources: ReadonlyMap<string, readonly SourceRun[]>,
    private readonly homes: readonly Home[],
  ) {}

  of({ entity, environment, reported }: Destination, release: Release): PromotionFacts {
    const { tier } = environment;
    const paths = this.presence.promotionPaths.filter(({ to }) => to === tier);
    return {
      product: entity.product,
      version: release.version,
      tier,
      changesVersion: runningVersion(reported?.release ?? null) !== release.version,
      asOf: this.presence.now,
      runs: this.sources.get(release.chart.sha256) ?? [],
      sourceTiers: paths.map(({ from }) => from),
      lowerEnvironments: this.homes
        .filter((home) => home.product === entity.product && isLowerTier(home.tier, tier))
        .map((home) => ({ name: home.environment, tier: home.tier })),
    };
  }
}

/** Only what is newer than what runs, or desired, may come; a rule about time may also hold new values. */
function chartsFor(
  { entity, releases, reported }: Destination,
  alsoWhatRuns: boolean,
): readonly string[] {
  const runs = runningVersion(reported?.release ?? null);
  const floor = runs === undefined ? undefined : parseVersion(runs);
  return releases
    .filter(({ version }) => {
      if (floor?.ok !== true) return true;
      const parsed = parseVersion(version);
      const order = parsed.ok ? compareVersions(parsed.value, floor.value) : 1;
      return order === 0 ? alsoWhatRuns : order > 0 || isDesired(entity, version);
    })
    .map(({ chart }) => chart.sha256);
}

/** Only a pin goes down; a channel and a range never do. */
function isDesired({ desired }: Pick<Entity, 'desired'>, version: string): boolean {
  return 'version' in desired && desired.version === version;
}

function sourceRun(
  run: RunRecord,
  spoke: SpokeRecord | undefined,
  presence: PresenceFacts,
): SourceRun {
  const { entity, environment, tier, provenAt, healthySince } = run;
  const isHeard = spoke !== undefined && presenceOf(spoke, presence) === 'connected';
  return {
    entity,
    environment,
    tier,
    proven: provenAt !== undefined,
    healthyMs: healthyTime(run, spoke?.lastSeenAt ?? healthySince ?? presence.now.toISOString()),
    underway: isHeard && healthySince !== undefined,
  };
}
