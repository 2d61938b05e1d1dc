import {
  type Baseline,
  type BreakerCount,
  type Entity,
  type EntityFacts,
  isNewer,
  mayOpenBreaker,
  type Recall,
  recallOf,
  type Restraints,
  runningVersion,
} from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { grouped } from './grouped.js';
import { loadDemands } from './load-demands.js';
import type { Destination } from './load-promotions.js';

/** What moves an entity back, or keeps it from moving. */
type Bounds = Restraints & Pick<EntityFacts, 'baseline' | 'rollbackDemand'>;

/** What is stored to keep these entities from moving or to move them back. */
export async function loadRestraints(
  unit: UnitOfWork,
  entities: readonly Pick<Entity, 'name' | 'product'>[],
): Promise<ReadonlyMap<string, Bounds>> {
  const names = entities.map(({ name }) => name);
  const bounds = new Map<string, Bounds>();
  const add = (entity: string, more: Bounds): void => {
    bounds.set(entity, { ...bounds.get(entity), ...more });
  };
  for (const hold of await unit.holds.ofEntities(names)) add(hold.entity, { hold });
  for (const suppression of await unit.suppressions.ofEntities(names)) {
    add(suppression.entity, { suppression });
  }
  for (const baseline of await unit.baselines.newestOf(names)) add(baseline.entity, { baseline });
  for (const rollbackDemand of await loadDemands(unit, entities)) {
    add(rollbackDemand.entity, { rollbackDemand });
  }
  return bounds;
}

/**
 * What changes of these entities may be taken back to if they fail, newest first; where the newest
 * baseline is not recalled, only that. No statement, or one where some newest is recalled.
 */
export async function loadWaysBack(
  unit: UnitOfWork,
  entities: readonly Pick<Destination, 'entity' | 'environment'>[],
  {
    restraints,
    recalls,
  }: {
    readonly restraints: ReadonlyMap<string, Bounds>;
    readonly recalls: ReadonlyMap<string, readonly Recall[]>;
  },
): Promise<ReadonlyMap<string, readonly Baseline[]>> {
  const newest = entities
    .filter(({ environment }) => environment.rollbackOnFailure)
    .flatMap(({ entity }) => {
      const baseline = restraints.get(entity.name)?.baseline;
      return baseline === undefined ? [] : [{ baseline, product: entity.product }];
    });
  const recalled = newest
    .filter(({ baseline, product }) => recallOf(recalls.get(product) ?? [], baseline.version))
    .map(({ baseline }) => baseline.entity);
  const ways = new Map(newest.map(({ baseline }) => [baseline.entity, [baseline]]));
  if (recalled.length === 0) return ways;
  const all = grouped(await unit.baselines.ofEntities(recalled), ({ entity }) => entity);
  return new Map([...ways, ...all]);
}

/**
 * What SUCCEEDED on those of these entities that a person's pin takes to an older version than what
 * runs. No statement, or one where there are such.
 */
export async function loadSucceeded(
  unit: UnitOfWork,
  entities: readonly Pick<Destination, 'entity' | 'reported'>[],
): Promise<(entity: string) => readonly Baseline[]> {
  const back = entities.filter(goesBack).map(({ entity }) => entity.name);
  if (back.length === 0) return () => [];
  const found = grouped(await unit.baselines.ofEntities(back), ({ entity }) => entity);
  return (entity) => found.get(entity) ?? [];
}

function goesBack({
  entity: { desired },
  reported,
}: Pick<Destination, 'entity' | 'reported'>): boolean {
  const runs = runningVersion(reported?.release ?? null);
  return 'version' in desired && runs !== undefined && isNewer(runs, desired.version);
}

/**
 * What the breakers of these environments count. One statement while few entities are suppressed in
 * each, else two.
 */
export async function loadBreakers(
  unit: UnitOfWork,
  environments: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, BreakerCount>> {
  const ends = await unit.suppressions.endsIn(environments, now.toISOString());
  const many = environments.filter((name) => mayOpenBreaker(ends.get(name)?.length ?? 0));
  const entities = many.length === 0 ? undefined : await unit.entities.countIn(many);
  return new Map(
    environments.map((name) => [
      name,
      { suppressedUntil: ends.get(name) ?? [], entities: entities?.get(name) ?? 0 },
    ]),
  );
}
