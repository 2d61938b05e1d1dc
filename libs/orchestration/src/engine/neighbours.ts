import type { Entity, Installation, Release } from '@apollo-deploy/domain';

/** The installations of one environment, by where they are and by what needs them from elsewhere. */
class Surrounding {
  private readonly bySpoke: ReadonlyMap<string, readonly Installation[]>;
  private readonly byProduct: ReadonlyMap<string, readonly Installation[]>;
  private readonly lookers = new Map<string, readonly Installation[]>();

  constructor(private readonly all: readonly Installation[]) {
    this.bySpoke = grouped(all, ({ spoke }) => [spoke]);
    this.byProduct = grouped(all, ({ product, dependencies }) => [
      product,
      ...dependencies.map((dependency) => dependency.product),
    ]);
  }

  /** Those around an entity of this product that its dependencies or its dependents can lead to. */
  around({ name, spoke, product }: Around, needs: ReadonlySet<string>): readonly Installation[] {
    const here = (this.bySpoke.get(spoke) ?? []).filter(
      (other) =>
        other.entity !== name &&
        (other.product === product || needs.has(other.product) || dependsOn(other, product)),
    );
    const isHere = (needed: string): boolean =>
      here.some((other) => other.product === needed && other.version !== null);
    if ([...needs].every(isHere)) {
      const elsewhere = this.lookersFor(product).filter((other) => other.spoke !== spoke);
      return elsewhere.length === 0 ? here : [...here, ...elsewhere].sort(byEntity);
    }
    return this.all.filter(
      (other) =>
        other.entity !== name &&
        (other.product === product || needs.has(other.product) || dependsOn(other, product)),
    );
  }

  /** Those that need the product and have none on their own spoke, so that they look at all others. */
  private lookersFor(product: string): readonly Installation[] {
    const known = this.lookers.get(product);
    if (known !== undefined) return known;
    const related = this.byProduct.get(product) ?? [];
    const having = new Set(
      related
        .filter((other) => other.product === product && other.version !== null)
        .map(({ spoke }) => spoke),
    );
    const found = related.filter(
      (other) => other.version !== null && dependsOn(other, product) && !having.has(other.spoke),
    );
    this.lookers.set(product, found);
    return found;
  }
}

type Around = Pick<Entity, 'name' | 'spoke' | 'environment' | 'product'>;

/** Who else matters to the entities of a batch: what they may need, and who needs them. */
export class Neighbours {
  private readonly needs: ReadonlyMap<string, ReadonlySet<string>>;
  private readonly environments: ReadonlyMap<string, Surrounding>;

  /**
   * `releases`: every one of the batch's products. `byEnvironment`: every installation, in the order
   * of the entities' names, of those products, of what they need and of what needs them.
   */
  constructor(
    releases: readonly Pick<Release, 'product' | 'dependencies'>[],
    byEnvironment: ReadonlyMap<string, readonly Installation[]>,
  ) {
    const needs = new Map<string, Set<string>>();
    for (const { product, dependencies } of releases) {
      const needed = needs.get(product) ?? new Set();
      for (const dependency of dependencies) needed.add(dependency.product);
      needs.set(product, needed);
    }
    this.needs = needs;
    this.environments = new Map(
      [...byEnvironment].map(([environment, all]) => [environment, new Surrounding(all)]),
    );
  }

  /**
   * The other installations that decide whether any release of the product may run there: those on
   * its spoke, and those elsewhere only as far as somebody looks further than its own spoke.
   */
  of(entity: Around): readonly Installation[] {
    const needs = this.needs.get(entity.product) ?? new Set();
    return this.environments.get(entity.environment)?.around(entity, needs) ?? [];
  }
}

function dependsOn({ dependencies }: Installation, product: string): boolean {
  return dependencies.some((dependency) => dependency.product === product);
}

function byEntity(a: Installation, b: Installation): number {
  return a.entity < b.entity ? -1 : a.entity > b.entity ? 1 : 0;
}

function grouped(
  all: readonly Installation[],
  groupsOf: (installation: Installation) => readonly string[],
): ReadonlyMap<string, readonly Installation[]> {
  const groups = new Map<string, Installation[]>();
  for (const installation of all) {
    for (const name of new Set(groupsOf(installation))) {
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [installation]);
      else group.push(installation);
    }
  }
  return groups;
}
