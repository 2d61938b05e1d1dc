import {
  type DeploymentKind,
  type DeploymentTarget,
  type Entity,
  type Environment,
  followsRule,
  NAME_RULES,
  type Product,
  refusal,
  type Refusal,
  runningVersion,
} from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import type { SpokeRecord } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { presenceOf } from '../spokes/presence.js';
import { isOutOfReach, loadService } from './load-service.js';
import { placeOf } from './set-desired.js';

const PAGE = 200;

type Place = Pick<DeploymentTarget, 'entity' | 'spoke'>;

/** Where a deployment goes, and in which order. */
export interface PlannedTargets {
  readonly targets: readonly DeploymentTarget[];
  /** On how many spokes something can come of it: those that are not lost. */
  readonly reachableSpokes: number;
}

/** What is to be deployed where. */
interface Goal {
  readonly product: Product;
  readonly environment: Environment;
  readonly kind: DeploymentKind;
}

/** Only these bring a service to where it is not. */
const INSTALLING: readonly DeploymentKind[] = ['deploy', 'promote'];

/**
 * The entities of a service in an environment that are to run something. Where there is none, a
 * deployment and a promotion install it: at those that are absent, or if there are none of these either,
 * on each spoke of the environment that has joined; a hotfix and a rollback are refused with
 * `deployment/not_installed`. A spoke that joins later gets the service from a person (`putEntity`).
 *
 * In waves: one spoke first, on which it runs if there is one, then the others, all at once or, for a canary
 * over spokes, each wave at most twice as many as the one before. Those that are lost come last.
 */
export async function planTargets(
  context: Context,
  unit: UnitOfWork,
  {
    widens,
    ...goal
  }: Goal & {
    /** Each wave is at most twice as wide as the one before. */
    readonly widens: boolean;
  },
): Promise<Result<PlannedTargets, Refusal>> {
  const found = await placesFor(context, unit, goal);
  if (!found.ok) return found;
  const places = found.value;
  const lost = await lostAmong(context, unit, places);
  const running = await runningOn(context, unit, goal);
  const spokes = [...new Set(places.map(({ spoke }) => spoke))].sort();
  const reachable = spokes.filter((name) => !lost.has(name));
  const inOrder = [
    ...reachable.filter((name) => running.has(name)),
    ...reachable.filter((name) => !running.has(name)),
    ...spokes.filter((name) => lost.has(name)),
  ];
  const targets = inWaves(places, inOrder, widens ? doubling : restAtOnce);
  return ok({ targets, reachableSpokes: reachable.length });
}

async function placesFor(
  context: Context,
  unit: UnitOfWork,
  goal: Goal,
): Promise<Result<readonly Place[], Refusal>> {
  const { product, environment, kind } = goal;
  const entities = (await unit.entities.ofProductsIn([environment.name], [product.name])).map(
    ({ name, spoke, desired }) => ({ entity: name, spoke, isWanted: !('absent' in desired) }),
  );
  const wanted = entities.filter(({ isWanted }) => isWanted);
  if (wanted.length > 0) return ok(wanted);
  if (!INSTALLING.includes(kind)) return err(notInstalled(goal));
  return entities.length > 0 ? ok(entities) : madeFor(context, unit, goal);
}

/** One entity to be made on each spoke that has joined, and is not revoked. */
async function madeFor(
  context: Context,
  unit: UnitOfWork,
  { product, environment }: Goal,
): Promise<Result<readonly Place[], Refusal>> {
  const usable = (await spokesOf(unit, environment.name)).filter((spoke) =>
    isUsable(context, spoke),
  );
  if (usable.length === 0) return err(noSpoke(environment));
  const made = usable.map(({ name }) => ({
    spoke: name,
    entity: usable.length > 1 ? `${product.name}-${name}` : `${product.name}-${environment.name}`,
  }));
  const taken = await firstTaken(unit, product, made);
  return taken === undefined ? ok(made) : err(taken);
}

/** The spokes that saw the service installed last. */
async function runningOn(
  context: Context,
  unit: UnitOfWork,
  { product, environment }: Goal,
): Promise<ReadonlySet<string>> {
  const seen = await loadService(context, unit, product.name, [environment.name]);
  const running = seen.filter(
    ({ reported }) => runningVersion(reported?.release ?? null) !== undefined,
  );
  return new Set(running.map(({ entity }) => entity.spoke));
}

async function spokesOf(unit: UnitOfWork, environment: string): Promise<readonly SpokeRecord[]> {
  const found: SpokeRecord[] = [];
  let after: string | undefined;
  do {
    const page = { limit: PAGE, ...(after !== undefined && { after }) };
    const { items, next } = await unit.spokes.list(page, [environment]);
    found.push(...items);
    after = next;
  } while (after !== undefined);
  return found;
}

function isUsable({ clock, startedAt }: Context, spoke: SpokeRecord): boolean {
  const presence = presenceOf(spoke, { now: clock.now(), startedAt });
  return presence !== 'pending' && presence !== 'revoked';
}

async function lostAmong(
  { clock, startedAt }: Context,
  unit: UnitOfWork,
  places: readonly Place[],
): Promise<ReadonlySet<string>> {
  const names = [...new Set(places.map(({ spoke }) => spoke))];
  const now = clock.now();
  const lost = (await unit.spokes.getMany(names)).filter((spoke) =>
    isOutOfReach(presenceOf(spoke, { now, startedAt })),
  );
  return new Set(lost.map(({ name }) => name));
}

/** `inOrder`: spokes. The first may be there to show how it goes; what is lost comes last. */
function inWaves(
  places: readonly Place[],
  inOrder: readonly string[],
  waveOf: (nth: number) => number,
): DeploymentTarget[] {
  return places
    .map(({ entity, spoke }) => ({ entity, spoke, wave: waveOf(inOrder.indexOf(spoke)) }))
    .sort((a, b) => a.wave - b.wave || (a.entity < b.entity ? -1 : 1))
    .map((place) => ({ ...place, state: 'waiting', looks: [] }));
}

function restAtOnce(nth: number): number {
  return nth === 0 ? 0 : 1;
}

/** 1, 2, 4, 8 … spokes. */
function doubling(nth: number): number {
  return Math.floor(Math.log2(nth + 1));
}

/** What stands in the way of making one of these entities. */
async function firstTaken(
  unit: UnitOfWork,
  product: Product,
  made: readonly Place[],
): Promise<Refusal | undefined> {
  const { namespace, releaseName } = placeOf(product);
  const [named] = await unit.entities.getMany(made.map(({ entity }) => entity));
  if (named !== undefined) return takenBy(named, `the name ${named.name}`);
  for (const { entity, spoke } of made) {
    if (!followsRule(entity, NAME_RULES.name)) return tooLong(entity);
    const other = await unit.entities.byRelease(spoke, namespace, releaseName);
    if (other !== undefined)
      return takenBy(other, `release ${namespace}/${releaseName} on ${spoke}`);
  }
  return undefined;
}

function takenBy({ name, product }: Entity, what: string): Refusal {
  return refusal(
    'catalog/already_exists',
    `${what} is taken by entity ${name} of ${product}; make the entity by hand, under another name (PUT /api/v1/entities/{name}), and ask again`,
    { field: 'service' },
  );
}

function tooLong(entity: string): Refusal {
  return refusal(
    'catalog/invalid_field',
    `the entity would be called ${entity}, and accepted is ${NAME_RULES.name.accepted}; make it by hand under a shorter name (PUT /api/v1/entities/{name}) and ask again`,
    { field: 'service' },
  );
}

function noSpoke({ name }: Environment): Refusal {
  return refusal(
    'deployment/no_spoke',
    `no spoke of environment ${name} has joined, so there is nowhere to deploy to; make a join token (POST /api/v1/join-tokens) and start a spoke with it`,
    { field: 'environment' },
  );
}

function notInstalled({ product, environment: { name, tier }, kind }: Goal): Refusal {
  const way = tier === 'production' ? 'POST /promote' : 'POST /deploy or /promote';
  return refusal(
    'deployment/not_installed',
    `${product.name} is installed nowhere in ${name}, and a ${kind} installs nothing; bring it there with ${way}`,
    { field: 'service' },
  );
}
