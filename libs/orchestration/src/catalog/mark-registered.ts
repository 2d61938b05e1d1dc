import { type Release, runningVersion } from '@apollo-deploy/domain';
import { releaseKey } from '../engine/release-key.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { headOf } from '../spokes/release-state.js';

/**
 * Marks whom a release that was just registered can matter to, and nobody else: the product's entities
 * with a pin or a range, which may now have a target, and whoever waits for one that is not installed
 * and whose every release needed it until now. Channels change by their own use case.
 */
export async function markRegistered(unit: UnitOfWork, release: Release): Promise<void> {
  const entities = await unit.entities.ofProduct(release.product);
  const waiting = entities.filter(({ desired }) => 'version' in desired || 'range' in desired);
  const dependents = await dependentsTold(unit, release, entities);
  await unit.dirty.mark([...new Set([...waiting.map(({ name }) => name), ...dependents])]);
}

/** Those of products that it needs, or no longer needs, which look to one of these that is absent. */
async function dependentsTold(
  unit: UnitOfWork,
  release: Release,
  entities: Awaited<ReturnType<UnitOfWork['entities']['ofProduct']>>,
): Promise<readonly string[]> {
  if (entities.length === 0) return [];
  const { product } = release;
  const changed = await changedNeeds(unit, release);
  if (changed.length === 0) return [];
  const lookingBack = (await unit.releases.needs([product]))
    .filter(({ product: dependent, needs }) => needs === product && changed.includes(dependent))
    .map(({ product: dependent }) => dependent);
  if (lookingBack.length === 0) return [];
  const heads = new Map(
    (await unit.releaseStates.summaries(entities)).map((one) => [releaseKey(one), headOf(one)]),
  );
  const places = entities
    .filter((entity) => runningVersion(heads.get(releaseKey(entity)) ?? null) === undefined)
    .flatMap(({ environment, spoke }) =>
      lookingBack.map((dependent) => ({ environment, spoke, product, dependent })),
    );
  if (places.length === 0) return [];
  return (await unit.entities.dependentsAt(places)).map(({ entity }) => entity);
}

/** The products that every release of the product requires since this one, or did before it. */
async function changedNeeds(
  unit: UnitOfWork,
  { product, version }: Release,
): Promise<readonly string[]> {
  const all = (await unit.releases.declarations([], [product])).map((one) => ({
    version: one.version,
    requires: one.dependencies.filter(({ optional }) => !optional).map((need) => need.product),
  }));
  const before = neededByAll(all.filter((one) => one.version !== version));
  const after = neededByAll(all);
  return [
    ...before.filter((one) => !after.includes(one)),
    ...after.filter((one) => !before.includes(one)),
  ];
}

function neededByAll(
  releases: readonly { readonly requires: readonly string[] }[],
): readonly string[] {
  const [first, ...rest] = releases;
  return (first?.requires ?? []).filter((one) => rest.every((r) => r.requires.includes(one)));
}
