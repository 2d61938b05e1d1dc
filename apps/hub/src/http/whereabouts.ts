import {
  CONSTRAINT_KINDS,
  type ConstraintKind,
  type Place,
  type ShownTo,
} from '@apollo-deploy/domain';
import { constraintShownTo, findEnvironment, type UnitOfWork } from '@apollo-deploy/orchestration';
import type { Json } from '@apollo-deploy/kernel';
import { isPlainObject } from './field.js';
import type { HubRequest } from './hub-request.js';
import type { ProblemCode } from './problem-table.js';

/** What a request names, which its sender may not be allowed to know of. */
export interface Named {
  readonly code: ProblemCode;
  /** Such as `entity "web"`. */
  readonly what: string;
}

/** Where a request does what it asks for. */
export interface Found {
  /** Absent = what the request names is not there. */
  readonly place?: Place;
  /** Absent = the request names nothing that could be kept from anybody. */
  readonly named?: Named;
  /** Who knows of what is named; absent = whoever sees the place. */
  readonly shownTo?: ShownTo;
  /** What the request names besides; who may not see it all is answered as if it were not there. */
  readonly mentions?: readonly Found[];
}

/**
 * Finds out where a request does what it asks for, before it is looked at closely: `body` and `query`
 * may be anything yet. What cannot be told is `everywhere`. Only asked about those who may not do it
 * everywhere.
 */
export type Whereabouts = (request: HubRequest, unit: UnitOfWork) => Found | Promise<Found>;

/** In every environment there is and that may come. */
export const EVERYWHERE: Whereabouts = () => ({ place: 'everywhere' });

/** In no environment in particular: what counts for all alike, and nobody has to be kept from. */
export const SOMEWHERE: Whereabouts = () => ({ place: 'somewhere' });

/** In the environment that the path names. */
export const environmentOfPath: Whereabouts = (request, unit) =>
  inEnvironment(unit, pathPart(request, 'name'));

/**
 * In the environment that a list is limited to. A list of all is of what its reader sees: whoever
 * answers it asks for that (`Seen`).
 */
export const environmentOfQuery: Whereabouts = (request, unit) => {
  const name = request.query['environment'];
  return typeof name === 'string' ? inEnvironment(unit, name) : { place: 'somewhere' };
};

/** In the environment that the body names. */
export const environmentOfBody: Whereabouts = (request, unit) =>
  named(member(request.body, 'environment'), (name) => inEnvironment(unit, name));

/** In the environment that a promotion in the body goes to. It mentions where it comes from. */
export const promotionOfBody: Whereabouts = async ({ body }, unit) => ({
  ...(await inStage(unit, member(body, 'to_env') ?? 'prod')),
  mentions: [await inStage(unit, member(body, 'from_env') ?? 'dev')],
});

/** In the environment that a hotfix in the body goes to. */
export const hotfixOfBody: Whereabouts = ({ body }, unit) =>
  inStage(unit, member(body, 'environment') ?? 'prod');

/**
 * In the environment that a rollback in the body is of; where it names none, in all that the service
 * has an entity in, as it may be of any.
 */
export const rollbackOfBody: Whereabouts = async ({ body }, unit) => {
  const [environment, service] = [member(body, 'environment'), member(body, 'service')];
  if (environment !== undefined) return inStage(unit, environment);
  const homes = typeof service === 'string' ? await unit.entities.environmentsOf([service]) : [];
  const place = homes.map((home) => home.environment);
  return { place: place.length === 0 ? 'somewhere' : place };
};

/** In the environments that the body lists; everywhere if it lists none. */
export const environmentsOfBody: Whereabouts = (request) => ({
  place: listed(member(request.body, 'environments')),
});

/** In none in particular; it mentions the environments that the body lists. */
export const mentionedInBody: Whereabouts = async ({ body }, unit) => {
  const names = member(body, 'environments');
  const texts = Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  const there = new Set((await unit.environments.getMany(texts)).map(({ name }) => name));
  const mentions = texts.map((name) =>
    at(
      there.has(name) ? name : undefined,
      'catalog/environment_not_found',
      `environment ${JSON.stringify(name)}`,
    ),
  );
  return { place: 'somewhere', mentions };
};

/**
 * In the environments that the scope in the body is limited to; everywhere for a scope of all. It
 * mentions the entities of the scope, and the environments that the spec names.
 */
export const scopeOfBody: Whereabouts = async ({ body }, unit) => {
  const scope = member(body, 'scope');
  const named = environmentsIn(member(body, 'kind'), member(body, 'spec'));
  const mentions = [
    ...(await entitiesAmong(unit, member(scope, 'entities'))),
    ...(await Promise.all(named.map((name) => inEnvironment(unit, name)))),
  ];
  return { place: listed(member(scope, 'environments')), mentions };
};

/**
 * In the environment of the plans for which roles are lent; everywhere if that is not said, so that
 * nobody lends by a token, or by grants, what counts beyond them.
 */
export const lentInBody: Whereabouts = ({ body }, unit) =>
  named(member(member(body, 'scope'), 'environment'), (name) => inEnvironment(unit, name));

/** In the environment of the spoke that the path names. */
export const spokeOfPath: Whereabouts = async (request, unit) => {
  const name = pathPart(request, 'name');
  const spoke = await unit.spokes.get(name);
  return at(spoke?.environment, 'catalog/spoke_not_found', `spoke ${JSON.stringify(name)}`);
};

/** In the environment of the entity that the path names. */
export const entityOfPath: Whereabouts = (request, unit) =>
  inEntity(unit, pathPart(request, 'name'));

/** In the environment of the entity that the body names; everywhere if it names none. */
export const entityOfBody: Whereabouts = (request, unit) =>
  named(member(request.body, 'entity'), (name) => inEntity(unit, name));

/**
 * In the environment of the entity that the path names, and in that of the spoke which the body puts it
 * on: it may be new, and on a spoke that there is not.
 */
export const entityToPut: Whereabouts = async (request, unit) => {
  const entity = await unit.entities.get(pathPart(request, 'name'));
  const found = await named(member(request.body, 'spoke'), async (name) => {
    const spoke = await unit.spokes.get(name);
    return at(spoke?.environment, 'catalog/spoke_not_found', `spoke ${JSON.stringify(name)}`);
  });
  const { place } = found;
  if (entity === undefined || place === undefined || typeof place === 'string') return found;
  const what = `entity ${JSON.stringify(entity.name)}`;
  const name = { code: 'catalog/entity_not_found', what } as const;
  return { named: name, place: [...new Set([entity.environment, ...place])] };
};

/** In the environment of the plan that the path names. */
export const planOfPath: Whereabouts = (request, unit) => inPlan(unit, pathPart(request, 'id'));

/**
 * In the environment of the plan that the body asks about; in none in particular if it names none. It
 * mentions the environment of a plan that is imagined.
 */
export const planOfBody: Whereabouts = async ({ body }, unit) => {
  const id = member(body, 'planId');
  const imagined = member(member(body, 'plan'), 'environment');
  const mentions = typeof imagined === 'string' ? [await inEnvironment(unit, imagined)] : [];
  return typeof id === 'string'
    ? { ...(await inPlan(unit, id)), mentions }
    : { place: 'somewhere', mentions };
};

/** In the environment of the held entity, by the hold that the path names. */
export const holdOfPath: Whereabouts = async (request, unit) => {
  const id = pathPart(request, 'id');
  const hold = await unit.holds.get(id);
  const entity = hold === undefined ? undefined : await unit.entities.get(hold.entity);
  return at(entity?.environment, 'hold/not_found', `hold ${JSON.stringify(id)}`);
};

/** In the environment of the break-glass that the path names. */
export const breakGlassOfPath: Whereabouts = async (request, unit) => {
  const id = pathPart(request, 'id');
  const glass = await unit.breakGlasses.get(id);
  return at(glass?.environment, 'break_glass/not_found', `break-glass ${JSON.stringify(id)}`);
};

/** In the environment of the deployment that the notification tells of which the path names. */
export const notificationOfPath: Whereabouts = async (request, unit) => {
  const id = pathPart(request, 'id');
  const notification = await unit.notifications.get(id);
  const what = `notification ${JSON.stringify(id)}`;
  return at(notification?.environment, 'notification/not_found', what);
};

/** In the environment of the deployment that the path names. */
export const deploymentOfPath: Whereabouts = async (request, unit) => {
  const id = pathPart(request, 'id');
  const deployment = await unit.deployments.get(id);
  return at(deployment?.environment, 'deployment/not_found', `deployment ${JSON.stringify(id)}`);
};

/** In the environment that the body of a request to the pipeline names, by its name or alias. */
export const targetOfBody: Whereabouts = ({ body }, unit) =>
  inStage(unit, member(body, 'target_env') ?? 'dev');

/** Where the constraint counts that the path names, or the automatic suppression. */
export const constraintOfPath: Whereabouts = async (request, unit) => {
  const id = pathPart(request, 'id');
  const what = `constraint ${JSON.stringify(id)}`;
  const automatic = await unit.suppressions.get(id);
  if (automatic !== undefined) return at(automatic.environment, 'constraint/not_found', what);
  const constraint = await unit.constraints.get(id);
  const named = { code: 'constraint/not_found', what } as const;
  if (constraint === undefined) return { named };
  const shownTo = await constraintShownTo(unit, constraint);
  return { named, shownTo, place: listed(constraint.scope.environments) };
};

async function inEnvironment(unit: UnitOfWork, name: string): Promise<Found> {
  const environment = await unit.environments.get(name);
  const what = `environment ${JSON.stringify(name)}`;
  return at(environment?.name, 'catalog/environment_not_found', what);
}

/** In an environment by its name, or as the pipeline calls it. */
async function inStage(unit: UnitOfWork, name: unknown): Promise<Found> {
  if (typeof name !== 'string') return { place: 'everywhere' };
  const environment = await findEnvironment(unit, name);
  const what = `environment ${JSON.stringify(name)}`;
  return at(environment?.name, 'catalog/environment_not_found', what);
}

async function inEntity(unit: UnitOfWork, name: string): Promise<Found> {
  const entity = await unit.entities.get(name);
  return at(entity?.environment, 'catalog/entity_not_found', `entity ${JSON.stringify(name)}`);
}

async function inPlan(unit: UnitOfWork, id: string): Promise<Found> {
  const plan = await unit.plans.get(id);
  return at(plan?.environment, 'plan/not_found', `plan ${JSON.stringify(id)}`);
}

/** Each of the entities that a list names; nothing for anything else. */
async function entitiesAmong(unit: UnitOfWork, names: unknown): Promise<readonly Found[]> {
  if (!Array.isArray(names)) return [];
  const texts = names.filter((name) => typeof name === 'string');
  const known = new Map(
    (await unit.entities.getMany(texts)).map(({ name, environment }) => [name, environment]),
  );
  return texts.map((name) =>
    at(known.get(name), 'catalog/entity_not_found', `entity ${JSON.stringify(name)}`),
  );
}

/** The environments that the spec of a constraint names, whatever it is. */
function environmentsIn(kind: unknown, spec: unknown): readonly string[] {
  if (typeof kind !== 'string' || !Object.hasOwn(CONSTRAINT_KINDS, kind) || !isPlainObject(spec)) {
    return [];
  }
  const known: ConstraintKind = CONSTRAINT_KINDS[kind as keyof typeof CONSTRAINT_KINDS];
  return Object.values(known.environments?.(spec as Readonly<Record<string, Json>>) ?? {});
}

function at(environment: string | undefined, code: ProblemCode, what: string): Found {
  const name = { code, what };
  return environment === undefined ? { named: name } : { named: name, place: [environment] };
}

function named(name: unknown, find: (name: string) => Promise<Found>): Found | Promise<Found> {
  return typeof name === 'string' ? find(name) : { place: 'everywhere' };
}

/** The names in a list that has any; everywhere for anything else. */
function listed(names: unknown): Place {
  const isList = Array.isArray(names) && names.length > 0;
  return isList && names.every((name) => typeof name === 'string') ? names : 'everywhere';
}

function member(body: unknown, field: string): unknown {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, field)
    ? (body as Readonly<Record<string, unknown>>)[field]
    : undefined;
}

function pathPart({ params }: HubRequest, name: string): string {
  const value: unknown = params[name];
  return typeof value === 'string' ? value : '';
}
