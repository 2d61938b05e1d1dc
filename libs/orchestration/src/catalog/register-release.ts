import {
  type ChartReference,
  type DeclaredStrategy,
  type DependencyDeclaration,
  refusal,
  type Refusal,
  type Release,
} from '@apollo-deploy/domain';
import { err, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import { checkName, checkRange, checkVersion, firstRefusal } from './check-fields.js';
import { markRegistered } from './mark-registered.js';

export interface NewRelease {
  readonly product: string;
  readonly version: string;
  /** What the archive's Chart.yaml says, and the digest and size of its bytes. */
  readonly chart: ChartReference;
  readonly bytes: Uint8Array;
  readonly dependencies: readonly DependencyDeclaration[];
  /** What a spoke must be able to do to run it; absent = nothing of its own. */
  readonly requires?: readonly string[];
  /** Which strategies its chart declares; absent = none. */
  readonly strategies?: readonly DeclaredStrategy[];
}

/**
 * Registers an immutable release and keeps its chart. Refused if the product is unknown, the
 * version is taken, or it is not the version that the chart states.
 */
export async function registerRelease(
  context: Context,
  principal: Principal,
  input: NewRelease,
): Promise<Result<Release, Refusal>> {
  const bad = firstRefusal([
    checkVersion('version', input.version),
    ...checkDependencies(input),
    ...(input.requires ?? []).map((one, index) =>
      checkName(`requires[${String(index)}]`, one, 'capability'),
    ),
  ]);
  if (bad !== undefined) return err(bad);
  if (input.chart.version !== input.version) {
    return err(
      refusal(
        'catalog/invalid_field',
        `version is ${input.version} and Chart.yaml says ${input.chart.version}; they must be the same`,
        { field: 'version' },
      ),
    );
  }
  const release: Release = {
    id: context.ids.next(),
    product: input.product,
    version: input.version,
    chart: input.chart,
    dependencies: input.dependencies,
    ...requiresOf(input),
    ...(input.strategies !== undefined && { strategies: input.strategies }),
    createdAt: context.clock.now().toISOString(),
    createdBy: principal.name,
  };
  return context.store.transact(async (unit) => {
    if ((await unit.products.get(input.product)) === undefined) {
      return err(productNotFound(input.product));
    }
    const inserted = await unit.releases.insert(release);
    if (!inserted.ok) {
      return err(
        refusal(
          'catalog/already_exists',
          `${input.product} ${input.version} exists already and a release is immutable; register a new version`,
          { field: 'version' },
        ),
      );
    }
    await unit.charts.put(input.chart.sha256, input.bytes);
    await markRegistered(unit, release);
    await record(context, unit, principal, {
      action: 'release.register',
      subject: `release/${release.id}`,
      detail: { product: input.product, version: input.version, chartSha256: input.chart.sha256 },
    });
    return inserted;
  });
}

/** @param field of the request that names it. */
export function productNotFound(product: string, field = 'product'): Refusal {
  return refusal(
    'catalog/product_not_found',
    `product ${JSON.stringify(product)} is not registered; GET /api/v1/products lists those that are, POST creates one`,
    { field },
  );
}

/** Each once. */
function requiresOf({ requires = [] }: NewRelease): Pick<Release, 'requires'> {
  return requires.length === 0 ? {} : { requires: [...new Set(requires)] };
}

function checkDependencies(input: NewRelease): (Refusal | undefined)[] {
  return input.dependencies.flatMap((dependency, index) => [
    checkName(`dependencies[${String(index)}].product`, dependency.product),
    checkRange(`dependencies[${String(index)}].range`, dependency.range),
    dependency.product === input.product
      ? refusal('catalog/invalid_field', 'a release cannot depend on its own product', {
          field: `dependencies[${String(index)}].product`,
        })
      : undefined,
  ]);
}
