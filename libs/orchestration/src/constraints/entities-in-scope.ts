import { type Entity, reaches, type Scope } from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import type { UnitOfWork } from '../ports/unit-of-work.js';

const PAGE = 200;

/**
 * Names of the entities that plans in a scope can be about, in these environments, which are those
 * the scope reaches.
 */
export async function entitiesInScope(
  unit: UnitOfWork,
  scope: Scope,
  environments: readonly string[],
): Promise<readonly string[]> {
  const { entities, products, criticalities, labels } = scope;
  if ([entities, products, criticalities, labels].every((member) => member === undefined)) {
    return unit.entities.namesIn(environments);
  }
  const found = (await narrowest(unit, scope, environments)).filter(({ environment }) =>
    environments.includes(environment),
  );
  const names = [...new Set(found.map(({ product }) => product))];
  const known = new Map((await unit.products.getMany(names)).map((one) => [one.name, one]));
  const isReached = (entity: Entity): boolean => {
    const product = known.get(entity.product);
    if (product === undefined) {
      throw new InvariantViolation(`product ${entity.product} of an entity is not stored`);
    }
    return reaches(scope, {
      product: product.name,
      criticality: product.criticality,
      entity: entity.name,
      labels: entity.labels,
    });
  };
  return found.filter(isReached).map(({ name }) => name);
}

/** As few entities as one look-up can tell to be in question. */
async function narrowest(
  unit: UnitOfWork,
  { entities, products }: Scope,
  environments: readonly string[],
): Promise<readonly Entity[]> {
  if (entities !== undefined) return unit.entities.getMany(entities);
  if (products !== undefined) return unit.entities.ofProductsIn(environments, products);
  const all: Entity[] = [];
  for (const environment of environments) {
    let after: string | undefined;
    do {
      const page = await unit.entities.list(
        { environment },
        { limit: PAGE, ...(after !== undefined && { after }) },
      );
      all.push(...page.items);
      after = page.next;
    } while (after !== undefined);
  }
  return all;
}
