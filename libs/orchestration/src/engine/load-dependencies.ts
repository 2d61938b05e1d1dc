import type {
  DependencyDeclaration,
  Entity,
  Installation,
  Release,
  ReportedRelease,
} from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { presenceOf, type PresenceFacts } from '../spokes/presence.js';
import { reportedState } from '../spokes/release-state.js';
import { Neighbours } from './neighbours.js';

/** Loads the neighbours of a batch with a constant number of statements. */
export async function loadNeighbours(
  unit: UnitOfWork,
  entities: readonly Entity[],
  releases: readonly Release[],
  presence: PresenceFacts,
): Promise<Neighbours> {
  const products = distinct(entities.map(({ product }) => product));
  const dependents = await unit.releases.dependents(products);
  const related = distinct([
    ...releases.flatMap(({ dependencies }) => dependencies.map(({ product }) => product)),
    ...dependents.map(({ product }) => product),
  ]);
  if (related.length === 0) return new Neighbours([], new Map());
  const environments = distinct(entities.map(({ environment }) => environment));
  // Their own products too: who has one beside it does not look at another.
  const around = distinct([...related, ...products]);
  const others = await unit.entities.ofProductsIn(environments, around);
  const states = await unit.releaseStates.getMany(others);
  const spokes = await unit.spokes.getMany(distinct(others.map(({ spoke }) => spoke)));
  const known = await unit.releases.ofProducts(around);
  const stateOf = new Map(states.map((state) => [keyOf(state), state]));
  const spokeOf = new Map(spokes.map((spoke) => [spoke.name, spoke]));
  const releaseOf = new Map(known.map((one) => [`${one.product} ${one.version}`, one]));
  const alwaysDeclared = declaredByAll(known);
  const byEnvironment = new Map<string, Installation[]>();
  for (const entity of others) {
    const spoke = spokeOf.get(entity.spoke);
    const release = reportedState(spoke, stateOf.get(keyOf(entity)))?.release ?? null;
    const version = runningVersion(release);
    const isThere = spoke !== undefined && presenceOf(spoke, presence) === 'connected';
    const trouble = isThere ? troubleOf(release) : `spoke ${entity.spoke} is away`;
    const dependencies =
      version === null
        ? alwaysDeclared.get(entity.product)
        : releaseOf.get(`${entity.product} ${version}`)?.dependencies;
    const group = byEnvironment.get(entity.environment) ?? [];
    byEnvironment.set(entity.environment, group);
    group.push({
      entity: entity.name,
      spoke: entity.spoke,
      product: entity.product,
      version,
      running: version !== null && trouble === '',
      trouble,
      dependencies: dependencies ?? [],
    });
  }
  return new Neighbours(releases, byEnvironment);
}

/** By product, what every release of it declares: it will be needed whichever is installed. */
function declaredByAll(
  releases: readonly Release[],
): ReadonlyMap<string, readonly DependencyDeclaration[]> {
  const common = new Map<string, readonly DependencyDeclaration[]>();
  for (const { product, dependencies } of releases) {
    const before = common.get(product) ?? dependencies;
    common.set(
      product,
      before.filter((one) =>
        dependencies.some(
          (other) => other.product === one.product && other.optional === one.optional,
        ),
      ),
    );
  }
  return common;
}

function runningVersion(release: ReportedRelease | null): string | null {
  return release === null ? null : (release.deployed?.version ?? release.version);
}

function troubleOf(release: ReportedRelease | null): string {
  if (release === null) return 'it is not installed';
  if (release.helmStatus !== 'deployed') return `its release is ${release.helmStatus}`;
  if (release.health === 'Healthy') return '';
  return `it is ${release.health}${release.message === undefined ? '' : `: ${release.message}`}`;
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

function keyOf(key: Pick<Entity, 'spoke' | 'namespace' | 'releaseName'>): string {
  return `${key.spoke}/${key.namespace}/${key.releaseName}`;
}
