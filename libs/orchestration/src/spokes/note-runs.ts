import {
  type ChartReference,
  type Entity,
  isLowerTier,
  pauseRun,
  recallOf,
  type ReportedRelease,
  resumeRun,
  type RunRecord,
} from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import type { SpokeRecord } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { presenceOf } from './presence.js';
import { reportedState } from './release-state.js';

/** Content that succeeded where it is, by a plan or by running well without one. */
export interface SucceededContent {
  readonly entity: Pick<Entity, 'name' | 'product' | 'spoke' | 'environment'>;
  readonly chart: Pick<ChartReference, 'sha256' | 'version'>;
  /** The plan that brought it. */
  readonly planId?: string;
}

/**
 * What succeeded has its record from now on; what is recalled has none, however well it runs, as by a
 * repair or a plan that was under way.
 */
export async function noteSuccess(
  context: Context,
  unit: UnitOfWork,
  { entity: { name, product, spoke, environment: place }, chart, planId }: SucceededContent,
): Promise<void> {
  const [environment] = await unit.environments.getMany([place]);
  if (environment === undefined) {
    throw new InvariantViolation(`environment ${place} of entity ${name} is not stored`);
  }
  // Locked before the recalls are read: one that is being made has taken the record, or waits to.
  const before = (await unit.runs.lock([name])).find(
    ({ chartSha256 }) => chartSha256 === chart.sha256,
  );
  if (recallOf(await unit.recalls.ofProducts([product]), chart.version) !== undefined) return;
  const run: RunRecord = {
    healthyMs: 0,
    ...before,
    entity: name,
    chartSha256: chart.sha256,
    version: chart.version,
    product,
    spoke,
    environment: place,
    tier: environment.tier,
    ...(planId !== undefined && { planId }),
  };
  await unit.runs.put([run]);
  await noteRuns(context, unit, spoke, await unit.entities.getMany([name]));
}

/**
 * Brings the runs of these entities up to what their spoke has just said, or was just heard to
 * confirm: those that are Healthy go on, all others pause.
 */
export async function noteRuns(
  context: Context,
  unit: UnitOfWork,
  spokeName: string,
  entities: readonly Entity[],
): Promise<void> {
  const known = await unit.runs.ofEntities(entities.map(({ name }) => name));
  if (known.length === 0) return;
  const spoke = await unit.spokes.get(spokeName);
  if (spoke === undefined) return;
  const releases = await reportedReleases(unit, spoke, entities);
  const now = context.clock.now();
  const wasSilent = presenceOf(spoke, { now, startedAt: context.startedAt }) !== 'connected';
  const at = now.toISOString();
  const lastSeenAt = spoke.lastSeenAt ?? at;
  const changesOf = (runs: readonly RunRecord[]): readonly RunChange[] =>
    runs.flatMap((before) => {
      const goesOn = isHealthy(releases.get(before.entity), before);
      const seen = wasSilent || !goesOn ? pauseRun(before, lastSeenAt) : before;
      const next = goesOn ? resumeRun(seen, at) : seen;
      return sameRun(next, before) ? [] : [{ before, next }];
    });
  const due = changesOf(known);
  if (due.length === 0) return;
  const changed = changesOf(
    await lockRuns(
      unit,
      due.map(({ before }) => before),
    ),
  );
  await unit.runs.put(changed.map(({ next }) => next));
  await wakeElsewhere(unit, changed.filter(hasTurned));
}

/** Nobody looks any more: what this spoke runs is known to have been Healthy until it was last heard. */
export async function pauseRunsOf(unit: UnitOfWork, spoke: SpokeRecord): Promise<void> {
  const { lastSeenAt } = spoke;
  if (lastSeenAt === undefined) return;
  const underway = await lockRuns(unit, await unit.runs.underway([spoke.name]));
  await unit.runs.put(underway.map((run) => pauseRun(run, lastSeenAt)));
}

/** What is left of the runs that are to be changed: a recall may have forgotten some since they were read. */
async function lockRuns(
  unit: UnitOfWork,
  runs: readonly RunRecord[],
): Promise<readonly RunRecord[]> {
  const wanted = new Set(runs.map(keyOf));
  const locked = await unit.runs.lock(runs.map(({ entity }) => entity));
  return locked.filter((run) => wanted.has(keyOf(run)));
}

function keyOf({ entity, chartSha256 }: RunRecord): string {
  return `${entity} ${chartSha256}`;
}

async function reportedReleases(
  unit: UnitOfWork,
  spoke: SpokeRecord,
  entities: readonly Entity[],
): Promise<ReadonlyMap<string, ReportedRelease | null | undefined>> {
  const stored = await unit.releaseStates.summaries(entities);
  const states = new Map(stored.map((state) => [nameKey(state), state]));
  return new Map(
    entities.map((entity) => [
      entity.name,
      reportedState(entity, spoke, states.get(nameKey(entity)))?.release,
    ]),
  );
}

function nameKey({ namespace, releaseName }: Pick<Entity, 'namespace' | 'releaseName'>): string {
  return `${namespace}/${releaseName}`;
}

function isHealthy(release: ReportedRelease | null | undefined, { version }: RunRecord): boolean {
  return (
    release?.helmStatus === 'deployed' &&
    release.version === version &&
    release.health === 'Healthy'
  );
}

function sameRun(one: RunRecord, other: RunRecord): boolean {
  return (
    one.healthyMs === other.healthyMs &&
    one.healthySince === other.healthySince &&
    one.provenAt === other.provenAt
  );
}

interface RunChange {
  readonly before: RunRecord;
  readonly next: RunRecord;
}

/** It stopped, went on, or both: what was silent and is heard again goes on from another instant. */
function hasTurned({ before, next }: RunChange): boolean {
  return before.healthySince !== next.healthySince;
}

/**
 * Whoever may have waited for this is looked at again: higher tiers when a chart is proven for the
 * first time in an environment, and everybody else when a run stops or goes on that some rule times.
 */
async function wakeElsewhere(unit: UnitOfWork, turned: readonly RunChange[]): Promise<void> {
  if (turned.length === 0) return;
  const isTimed = (await unit.constraints.all()).some(({ kind }) => kind === 'soak');
  const known = await unit.runs.leading(turned.map(({ next }) => next.chartSha256));
  const news = turned
    .filter(
      ({ before, next }) => isTimed || (before.provenAt === undefined && isFirst(next, known)),
    )
    .map(({ next }) => next);
  if (news.length === 0) return;
  const places = await unit.entities.environmentsOf(news.map(({ product }) => product));
  const environments = await unit.environments.getMany(places.map((place) => place.environment));
  const waiting = environments.filter(({ name, tier }) =>
    news.some((run) => run.environment !== name && (isTimed || isLowerTier(run.tier, tier))),
  );
  if (waiting.length === 0) return;
  const entities = await unit.entities.ofProductsIn(
    waiting.map(({ name }) => name),
    news.map(({ product }) => product),
  );
  await unit.dirty.mark(entities.map(({ name }) => name));
}

/** Nobody else in the environment had proven the chart before. */
function isFirst(run: RunRecord, known: readonly RunRecord[]): boolean {
  return !known.some(
    ({ chartSha256, environment, entity, provenAt }) =>
      chartSha256 === run.chartSha256 &&
      environment === run.environment &&
      entity !== run.entity &&
      provenAt !== undefined,
  );
}
