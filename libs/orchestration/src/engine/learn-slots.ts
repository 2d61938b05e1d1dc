import type { PlaceInLine } from '../ports/plan-slots.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { maxConcurrentOf } from '../spokes/max-concurrent.js';
import { distinct } from './distinct.js';
import { FreeSlots, isNobody } from './free-slots.js';
import type { LoadedFacts } from './load-facts.js';

/** The slots around entities, as their evaluation knows them. */
export function slotsAround(evaluated: readonly LoadedFacts[]): FreeSlots {
  const free = new FreeSlots();
  for (const { entityFacts, environment, surroundings } of evaluated) {
    const { openPlan, product } = entityFacts;
    const { executing, spoke } = surroundings;
    const own = openPlan?.state === 'EXECUTING' ? 1 : 0;
    free.tell('environments', environment.name, {
      limit: environment.maxConcurrent,
      taken: executing.environment + own,
    });
    free.tell('products', product.name, {
      limit: product.maxConcurrent,
      taken: executing.product + own,
    });
    free.tell('spokes', spoke.name, {
      limit: maxConcurrentOf(spoke),
      taken: executing.spoke + own,
    });
  }
  return free;
}

/** Looks up the slots that these need and that are not known yet. */
export async function learnSlots(
  unit: UnitOfWork,
  free: FreeSlots,
  places: readonly Pick<PlaceInLine, 'environment' | 'product' | 'spoke'>[],
): Promise<void> {
  const unknown = {
    environments: distinct(places.map(({ environment }) => environment)).filter(
      (name) => !free.knows('environments', name),
    ),
    products: distinct(places.map(({ product }) => product)).filter(
      (name) => !free.knows('products', name),
    ),
    spokes: distinct(places.map(({ spoke }) => spoke)).filter(
      (name) => !free.knows('spokes', name),
    ),
  };
  if (isNobody(unknown)) return;
  const taken = await unit.plans.executing(unknown);
  for (const { name, maxConcurrent } of await unit.environments.getMany(unknown.environments)) {
    const slots = { limit: maxConcurrent, taken: taken.environments.get(name) ?? 0 };
    free.tell('environments', name, slots);
  }
  for (const { name, maxConcurrent } of await unit.products.getMany(unknown.products)) {
    free.tell('products', name, { limit: maxConcurrent, taken: taken.products.get(name) ?? 0 });
  }
  for (const spoke of await unit.spokes.getMany(unknown.spokes)) {
    const slots = { limit: maxConcurrentOf(spoke), taken: taken.spokes.get(spoke.name) ?? 0 };
    free.tell('spokes', spoke.name, slots);
  }
}
