import { type Environment, refusal, type Refusal, type Tier } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';

const PAGE = 200;
/** What the pipeline calls the environment of a tier, where there is one alone. */
const ALIASES: Readonly<Record<string, Tier>> = {
  dev: 'development',
  staging: 'staging',
  prod: 'production',
};

/**
 * The environment of this name; for `dev`, `staging` and `prod`, where none is called so, the only one
 * of their tier. `undefined` if there is none, or several.
 */
export async function findEnvironment(
  unit: UnitOfWork,
  name: string,
): Promise<Environment | undefined> {
  const named = await unit.environments.get(name);
  const tier = ALIASES[name];
  if (named !== undefined || tier === undefined) return named;
  const found: Environment[] = [];
  let after: string | undefined;
  do {
    const page = { limit: PAGE, ...(after !== undefined && { after }) };
    const { items, next } = await unit.environments.list(page);
    found.push(...items.filter((environment) => environment.tier === tier));
    after = next;
  } while (after !== undefined && found.length < 2);
  return found.length === 1 ? found[0] : undefined;
}

/**
 * Where no environment is meant by a name: none is called so, or it is short for one of several.
 *
 * @param field of the request that names it.
 */
export function environmentNotFound(name: string, field = 'environment'): Refusal {
  const said = JSON.stringify(name);
  const tier = ALIASES[name];
  const detail =
    tier === undefined
      ? `there is no environment ${said}; GET /api/v1/environments lists them`
      : `there is no environment ${said}, nor just one of tier ${tier}, which that would mean; name one that GET /api/v1/environments lists`;
  return refusal('catalog/environment_not_found', detail, { field });
}
