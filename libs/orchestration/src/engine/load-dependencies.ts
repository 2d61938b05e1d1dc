import {
  type DependencyDeclaration,
  type Entity,
  type Installation,
  type Plan,
  type ReportedRelease,
  runningVersion,
} from '@apollo-deploy/domain';
import type { SpokeRecord } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { presenceOf, type PresenceFacts } from '../spokes/presence.js';
import { reportedState } from '../spokes/release-state.js';
import { findNeighbours } from './find-neighbours.js';
import { distinct } from './distinct.js';
import { releaseKey } from './release-key.js';

/** Who else matters to the entities of a batch: what they may need, and who needs them. */
class Neighbours {
  constructor(
    private readonly names: ReadonlyMap<string, ReadonlySet<string>>,
    private readonly installations: ReadonlyMap<string, readonly Installation[]>,
    private readonly silent: ReadonlyMap<string, SpokeRecord>,
  ) {}

  /** Every other installation that a dependency of this entity, or on it, leads to. */
  of({ name }: Pick<Entity, 'name'>): readonly Installation[] {
    return [...(this.names.get(name) ?? [])].flatMap((one) => this.installations.get(one) ?? []);
  }

  /** The spokes of those of them of which nothing is known to run before their spoke speaks. */
  silentAround({ name }: Pick<Entity, 'name'>): readonly SpokeRecord[] {
    if (this.silent.size === 0) return [];
    return [...(this.names.get(name) ?? [])].flatMap((one) => this.silent.get(one) ?? []);
  }
}

/**
 * Loads the neighbours of a batch with a constant number of statements, and nobody who is none; of
 * releases only what those that run declare.
 */
export async function loadNeighbours(
  unit: UnitOfWork,
  entities: readonly Entity[],
  presence: PresenceFacts,
): Promise<Neighbours> {
  const names = await findNeighbours(unit, entities);
  if (names.size === 0) return new Neighbours(names, new Map(), new Map());
  const others = await unit.entities.getMany(
    distinct([...names.values()].flatMap((set) => [...set])),
  );
  // Plans before states: one that ends in between is then seen, or what it brought is.
  const plans = await unit.plans.openOf(others.map(({ name }) => name));
  const states = await unit.releaseStates.summaries(others);
  const spokes = await unit.spokes.getMany(distinct(others.map(({ spoke }) => spoke)));
  const stateOf = new Map(states.map((state) => [releaseKey(state), state]));
  const spokeOf = new Map(spokes.map((spoke) => [spoke.name, spoke]));
  const moving = new Map(plans.filter(isMoving).map((plan) => [plan.entity, plan]));
  const silent = new Map<string, SpokeRecord>();
  const seen = others.flatMap((entity) => {
    const spoke = spokeOf.get(entity.spoke);
    const release = reportedState(entity, spoke, stateOf.get(releaseKey(entity)))?.release ?? null;
    const silence = silenceOf(entity, spoke, presence);
    if (silence !== undefined && spoke !== undefined) silent.set(entity.name, spoke);
    const trouble = silence ?? troubleOf(release);
    const version = runningVersion(release) ?? null;
    return whileMoving({ entity, version, trouble }, moving.get(entity.name));
  });
  const declared = await loadDeclarations(unit, seen);
  const installations = new Map<string, Installation[]>(others.map(({ name }) => [name, []]));
  for (const { entity, version, trouble, coming } of seen) {
    const { name, spoke, product } = entity;
    installations.get(name)?.push({
      ...{ entity: name, spoke, product, version, trouble },
      running: version !== null && trouble === '',
      dependencies: declared(product, version),
      ...(coming && { coming }),
    });
  }
  return new Neighbours(names, installations, silent);
}

/** What is known of a neighbour, or will be true of it once its plan is done. */
interface Seen {
  readonly entity: Entity;
  readonly version: string | null;
  readonly trouble: string;
  readonly coming?: true;
}

/** Its plan is with its spoke: what that changes may have happened, or may yet. */
function isMoving({ state }: Plan): boolean {
  return state === 'EXECUTING' || state === 'UNKNOWN';
}

/** An uninstalled neighbour runs no more; one that is moved has to suit before and after. */
function whileMoving(seen: Seen, plan: Plan | undefined): readonly Seen[] {
  if (plan === undefined) return [seen];
  if (plan.to === null) return [{ ...seen, trouble: 'it is being uninstalled' }];
  const { version } = plan.to;
  if (version === seen.version) return [seen];
  if (seen.version === null) return [{ ...seen, version, trouble: 'it is being installed' }];
  return [seen, { ...seen, version, trouble: '', coming: true }];
}

/** What the version that runs declares; where none runs, what every release of the product does. */
async function loadDeclarations(
  unit: UnitOfWork,
  seen: readonly { readonly entity: Entity; readonly version: string | null }[],
): Promise<(product: string, version: string | null) => readonly DependencyDeclaration[]> {
  const absent = distinct(
    seen.flatMap((one) => (one.version === null ? [one.entity.product] : [])),
  );
  const running = seen.flatMap(({ entity: { product }, version }) =>
    version === null ? [] : [{ product, version }],
  );
  const known = await unit.releases.declarations(running, absent);
  const byVersion = new Map(
    known.map((one) => [`${one.product} ${one.version}`, one.dependencies]),
  );
  const always = new Map(
    absent.map((product) => [product, common(known.filter((one) => one.product === product))]),
  );
  return (product, version) =>
    (version === null ? always.get(product) : byVersion.get(`${product} ${version}`)) ?? [];
}

/** What all of these declare: it will be needed whichever is installed. */
function common(
  releases: readonly { readonly dependencies: readonly DependencyDeclaration[] }[],
): readonly DependencyDeclaration[] {
  const [first, ...rest] = releases;
  return (first?.dependencies ?? []).filter((one) =>
    rest.every(({ dependencies }) =>
      dependencies.some(
        (other) => other.product === one.product && other.optional === one.optional,
      ),
    ),
  );
}

/** Why what is known of an entity may be out of date; `undefined` where it is fresh. */
function silenceOf(
  entity: Entity,
  spoke: SpokeRecord | undefined,
  presence: PresenceFacts,
): string | undefined {
  if (spoke === undefined || presenceOf(spoke, presence) !== 'connected') {
    return `spoke ${entity.spoke} is away`;
  }
  if (spoke.stateEpoch === spoke.epoch) return undefined;
  return `spoke ${entity.spoke} has connected and not yet said what runs`;
}

function troubleOf(release: ReportedRelease | null): string {
  if (release === null) return 'it is not installed';
  if (release.helmStatus !== 'deployed') return `its release is ${release.helmStatus}`;
  if (release.health === 'Healthy') return '';
  return `it is ${release.health}${release.message === undefined ? '' : `: ${release.message}`}`;
}
