import {
  type Entity,
  type Environment,
  isUnderWay,
  type Recall,
  recallOf,
  recallTouches,
  type Release,
  runningVersion,
} from '@apollo-deploy/domain';
import { distinct } from '../engine/distinct.js';
import { grouped } from '../engine/grouped.js';
import { markWithNeighbours } from '../engine/mark-neighbours.js';
import { releaseKey } from '../engine/release-key.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { headOf } from '../spokes/release-state.js';

/**
 * Marks the entities of the product whose target, run, hold, plan, way back or owed rollback a recall that is
 * made or withdrawn can concern, with their neighbours, and nobody else. The number of statements does
 * not depend on how many entities there are.
 */
export async function markTouched(unit: UnitOfWork, recall: Recall): Promise<void> {
  const entities = await unit.entities.ofProduct(recall.product);
  const isBound = await boundBy(unit, recall, entities);
  const touched = await touchedBy(unit, recall, entities);
  await markWithNeighbours(
    unit,
    entities.filter((entity) => isBound.has(entity.name) || touched(entity)),
  );
}

/** What the range covers of what is under way for them, besides their targets. */
async function boundBy(
  unit: UnitOfWork,
  recall: Recall,
  entities: readonly Entity[],
): Promise<ReadonlySet<string>> {
  const names = entities.map(({ name }) => name);
  const covers = (version: string | undefined): boolean =>
    version !== undefined && recallOf([recall], version) !== undefined;
  const open = await unit.plans.openOf(names);
  // What a plan that waits is taken back to if it fails is part of its content.
  const waysBack = await unit.baselines.ofEntities(
    open.filter((plan) => !isUnderWay(plan)).map(({ entity }) => entity),
  );
  const holds = await unit.holds.ofEntities(names);
  const demands = await unit.rollbackDemands.ofEntities(names);
  return new Set([
    ...open.filter(({ to }) => covers(to?.version)).map(({ entity }) => entity),
    ...waysBack.filter(({ version }) => covers(version)).map(({ entity }) => entity),
    ...holds.filter(({ fixes }) => covers(fixes?.version)).map(({ entity }) => entity),
    ...demands.map(({ entity }) => entity),
  ]);
}

const NO_VERSIONS: ReadonlySet<string> = new Set();

async function touchedBy(
  unit: UnitOfWork,
  recall: Recall,
  entities: readonly Entity[],
): Promise<(entity: Entity) => boolean> {
  const { product } = recall;
  const releases: readonly Release[] = await unit.releases.ofProducts([product]);
  const entries = grouped(await unit.channels.ofProducts([product]), ({ channel }) => channel);
  const channels = new Map(
    [...entries].map(([name, held]) => [name, new Set(held.map(({ version }) => version))]),
  );
  const others = (await unit.recalls.ofProducts([product])).filter(({ id }) => id !== recall.id);
  const environments = new Map<string, Environment>(
    (await unit.environments.getMany(distinct(entities.map((one) => one.environment)))).map(
      (environment) => [environment.name, environment],
    ),
  );
  const heads = new Map(
    (await unit.releaseStates.summaries(entities)).map((one) => [releaseKey(one), headOf(one)]),
  );
  return (entity) => {
    const channel =
      'channel' in entity.desired
        ? entity.desired.channel
        : environments.get(entity.environment)?.channel;
    const floor = runningVersion(heads.get(releaseKey(entity)) ?? null);
    return recallTouches(recall, entity.desired, {
      releases,
      channelVersions: channels.get(channel ?? '') ?? NO_VERSIONS,
      recalls: others,
      ...(floor !== undefined && { floor }),
    });
  };
}
