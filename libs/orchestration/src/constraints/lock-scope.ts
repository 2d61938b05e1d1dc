import { refusal, type Refusal, type RefusalCode, type Scope } from '@apollo-deploy/domain';
import { everyEnvironment } from '../catalog/every-environment.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** Refuses a scope that names what does not exist. */
export async function checkScope(unit: UnitOfWork, scope: Scope): Promise<Refusal | undefined> {
  const missing = missingFrom(
    scope.environments,
    await unit.environments.getMany(scope.environments ?? []),
  );
  if (missing !== undefined) {
    return notThere('catalog/environment_not_found', 'environment', missing);
  }
  const product = missingFrom(scope.products, await unit.products.getMany(scope.products ?? []));
  if (product !== undefined) return notThere('catalog/product_not_found', 'product', product);
  const entity = missingFrom(scope.entities, await unit.entities.getMany(scope.entities ?? []));
  return entity === undefined ? undefined : notThere('catalog/entity_not_found', 'entity', entity);
}

/**
 * Locks the environments that a scope reaches, in the order of their names, so that no plan is
 * dispatched there before this transaction ends. Answers their names.
 */
export async function lockScope(unit: UnitOfWork, scope: Scope): Promise<readonly string[]> {
  const reached = await environmentsIn(unit, scope);
  for (const name of reached) await unit.environments.lock(name);
  return reached;
}

/** Names of the environments that a scope reaches, in order. */
export async function environmentsIn(unit: UnitOfWork, scope: Scope): Promise<readonly string[]> {
  return (await everyEnvironment(unit))
    .filter(
      ({ name, tier }) =>
        (scope.environments?.includes(name) ?? true) && (scope.tiers?.includes(tier) ?? true),
    )
    .map(({ name }) => name)
    .sort();
}

function missingFrom(
  names: readonly string[] | undefined,
  stored: readonly { readonly name: string }[],
): string | undefined {
  return names?.find((name) => !stored.some((one) => one.name === name));
}

function notThere(code: RefusalCode, what: string, name: string): Refusal {
  const many = what === 'entity' ? 'entities' : `${what}s`;
  return refusal(
    code,
    `${what} ${JSON.stringify(name)} does not exist; list them at GET /api/v1/${many}`,
    {
      field: `scope.${many}`,
    },
  );
}
