import {
  type EntityFacts,
  type OwedBreakGlass,
  type Recall,
  recallOf,
  runningVersion,
  type Waivable,
  waivedFor,
} from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import { backedNow } from '../break-glass/backed-now.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { distinct } from './distinct.js';
import { grouped } from './grouped.js';
import type { Destination } from './load-promotions.js';

/** What break-glasses mean to one entity. */
interface GlassesAt {
  /** Of its product, in whatever environment: what nobody has reviewed yet. */
  readonly breakGlasses: readonly OwedBreakGlass[];
  /** What they waive for what is new to it. */
  readonly waives: readonly Waivable[];
}

const NONE: GlassesAt = { breakGlasses: [], waives: [] };

/**
 * Loads the break-glasses of these products, as they count by what those who opened them may do now, with
 * one statement, and two more where there are any. Where what runs is recalled they waive nothing: its
 * way off is chosen as ever. That of a hotfix waives for what that one brings, and for nothing else.
 */
export async function loadBreakGlasses(
  unit: UnitOfWork,
  products: readonly string[],
  recalls: ReadonlyMap<string, readonly Recall[]>,
  now: Date,
): Promise<(destination: Destination, brought: Pick<EntityFacts, 'hotfix'>) => GlassesAt> {
  const owed = grouped(await loadOwed(unit, products), ({ product }) => product);
  return ({ entity, environment, reported }, { hotfix }) => {
    const breakGlasses = owed.get(entity.product);
    if (breakGlasses === undefined) return NONE;
    const runs = runningVersion(reported?.release ?? null);
    const isRecalled =
      runs !== undefined && recallOf(recalls.get(entity.product) ?? [], runs) !== undefined;
    const waives = waivedFor(breakGlasses, {
      planClass: hotfix === undefined ? 'ordinary' : 'hotfix',
      hotfix: hotfix?.deployment,
      environment: environment.name,
      now,
    });
    return { breakGlasses, waives: (isRecalled ? undefined : waives) ?? NONE.waives };
  };
}

async function loadOwed(
  unit: UnitOfWork,
  products: readonly string[],
): Promise<readonly OwedBreakGlass[]> {
  const glasses = await backedNow(unit, await unit.breakGlasses.owed(products));
  if (glasses.length === 0) return [];
  const places = distinct(glasses.map(({ environment }) => environment));
  const tiers = new Map(
    (await unit.environments.getMany(places)).map((one) => [one.name, one.tier]),
  );
  return glasses.map((glass) => {
    const tier = tiers.get(glass.environment);
    if (tier !== undefined) return { ...glass, tier };
    throw new InvariantViolation(`the environment of break-glass ${glass.id} is not stored`);
  });
}
