import {
  DEFAULT_ROLLOUT_TIMEOUT_SECONDS,
  type Product,
  refusal,
  type Refusal,
} from '@apollo-deploy/domain';
import { err, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import { checkName, firstRefusal } from './check-fields.js';

export interface NewProduct {
  readonly name: string;
  readonly criticality: Product['criticality'];
  readonly owner?: string;
  readonly namespace?: string;
  readonly rolloutTimeoutSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly maxConcurrent?: number;
}

/** Registers something that is released. Refused if the name is taken. */
export async function createProduct(
  context: Context,
  principal: Principal,
  input: NewProduct,
): Promise<Result<Product, Refusal>> {
  const bad = firstRefusal([
    checkName('name', input.name),
    input.namespace === undefined
      ? undefined
      : checkName('namespace', input.namespace, 'namespace'),
  ]);
  if (bad !== undefined) return err(bad);
  const product: Product = {
    name: input.name,
    criticality: input.criticality,
    ...(input.owner !== undefined && { owner: input.owner }),
    ...(input.namespace !== undefined && { namespace: input.namespace }),
    rolloutTimeoutSeconds: input.rolloutTimeoutSeconds ?? DEFAULT_ROLLOUT_TIMEOUT_SECONDS,
    labels: input.labels ?? {},
    ...(input.maxConcurrent !== undefined && { maxConcurrent: input.maxConcurrent }),
    createdAt: context.clock.now().toISOString(),
    version: 1,
  };
  return context.store.transact(async (unit) => {
    const inserted = await unit.products.insert(product);
    if (!inserted.ok) {
      return err(
        refusal('catalog/already_exists', `product ${input.name} exists already`, {
          field: 'name',
        }),
      );
    }
    await record(context, unit, principal, {
      action: 'product.create',
      subject: `product/${product.name}`,
      detail: { criticality: product.criticality },
    });
    return inserted;
  });
}
