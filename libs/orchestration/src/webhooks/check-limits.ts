import { refusal, type Refusal, type Webhook } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** Refuses to limit a webhook to an environment or a product that there is not: it would hear nothing. */
export async function checkLimits(
  unit: UnitOfWork,
  { environments = [], products = [] }: Pick<Webhook, 'environments' | 'products'>,
): Promise<Refusal | undefined> {
  const there = new Set((await unit.environments.getMany(environments)).map(({ name }) => name));
  const nowhere = environments.find((name) => !there.has(name));
  if (nowhere !== undefined) {
    const detail = `environment ${JSON.stringify(nowhere)} does not exist; list them at GET /api/v1/environments`;
    return refusal('catalog/environment_not_found', detail, { field: 'environments' });
  }
  const known = new Set((await unit.products.getMany(products)).map(({ name }) => name));
  const unknown = products.find((name) => !known.has(name));
  if (unknown === undefined) return undefined;
  const detail = `product ${JSON.stringify(unknown)} does not exist; list them at GET /api/v1/products`;
  return refusal('catalog/product_not_found', detail, { field: 'products' });
}
