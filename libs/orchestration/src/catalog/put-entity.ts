import {
  askedForAnew,
  type DesiredState,
  editedAnew,
  type Entity,
  type FieldConflicts,
  isSameWish,
  refusal,
  type Refusal,
  type Product,
  type Values,
} from '@apollo-deploy/domain';
import { err, jsonDigest, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { dropDemandGonePast } from '../engine/follow-rollback.js';
import { endHoldGonePast } from '../engine/holds.js';
import { markWithNeighbours } from '../engine/mark-neighbours.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { checkName, checkRange, checkVersion, firstRefusal } from './check-fields.js';
import { checkSecrets } from './check-secrets.js';
import { checkValues } from './check-values.js';
import { productNotFound } from './register-release.js';

export interface EntityInput {
  readonly name: string;
  readonly spoke: string;
  readonly product: string;
  /** Absent = the product's, else the product's name. */
  readonly namespace?: string;
  /** Absent = the product's name. */
  readonly releaseName?: string;
  readonly desired: DesiredState;
  readonly values?: Values;
  readonly labels?: Readonly<Record<string, string>>;
  /** Absent = `override`. */
  readonly fieldConflicts?: FieldConflicts;
  /** Places that look like secrets and are none, such as `values.db.password`. */
  readonly notSecret?: readonly string[];
  /** The version the caller saw; absent = whatever is stored. */
  readonly expectedVersion?: number;
}

/**
 * Says what should run where: makes the entity, or replaces its desired state, values and labels. A
 * hold that fixes other content than a person thereby names is lifted, and an automatic rollback to
 * other content is given up if it has not gone out.
 * Its spoke, product, namespace and release name never change: they say which installation it is.
 */
export async function putEntity(
  context: Context,
  principal: Principal,
  input: EntityInput,
): Promise<Result<{ readonly entity: Entity; readonly created: boolean }, Refusal>> {
  const bad = checkInput(input);
  if (bad !== undefined) return err(bad);
  return context.store.transact(async (unit) => {
    const made = await compose(context, unit, principal, input);
    if (!made.ok) return made;
    const { entity, stored, notSecret } = made.value;
    const written = await write(unit, entity, stored, input);
    if (!written.ok) return written;
    const change = { before: stored, after: entity };
    await endHoldGonePast(context, unit, principal, change);
    await dropDemandGonePast(context, unit, principal, change);
    await markWithNeighbours(unit, [entity]);
    await record(context, unit, principal, {
      action: stored === undefined ? 'entity.create' : 'entity.update',
      subject: `entity/${entity.name}`,
      detail: {
        desired: { ...entity.desired },
        product: entity.product,
        spoke: entity.spoke,
        valuesDigest: jsonDigest(entity.values),
        labels: entity.labels,
        fieldConflicts: entity.fieldConflicts ?? 'override',
        ...(notSecret.length > 0 && { notSecret }),
      },
    });
    return ok({ entity: written.value, created: stored === undefined });
  });
}

function checkInput(input: EntityInput): Refusal | undefined {
  return firstRefusal([
    checkName('name', input.name),
    input.namespace === undefined
      ? undefined
      : checkName('namespace', input.namespace, 'namespace'),
    input.releaseName === undefined
      ? undefined
      : checkName('releaseName', input.releaseName, 'releaseName'),
    checkDesired(input.desired),
    checkValues(input.values ?? {}),
  ]);
}

function checkDesired(desired: DesiredState): Refusal | undefined {
  if ('channel' in desired) return checkName('desired.channel', desired.channel);
  if ('range' in desired) return checkRange('desired.range', desired.range);
  if ('version' in desired) return checkVersion('desired.version', desired.version);
  return undefined;
}

interface Composed {
  readonly entity: Entity;
  readonly stored: Entity | undefined;
  /** Places that count as no secrets because the caller says so. */
  readonly notSecret: readonly string[];
}

async function compose(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  input: EntityInput,
): Promise<Result<Composed, Refusal>> {
  const product = await unit.products.get(input.product);
  if (product === undefined) return err(productNotFound(input.product));
  const spoke = await unit.spokes.get(input.spoke);
  if (spoke === undefined) {
    return err(
      refusal(
        'catalog/spoke_not_found',
        `spoke ${JSON.stringify(input.spoke)} is not known; make it a token first (POST /api/v1/join-tokens)`,
        { field: 'spoke' },
      ),
    );
  }
  const stored = await unit.entities.get(input.name);
  const secrets = checkSecrets(input, stored);
  if (!secrets.ok) return secrets;
  const { name: spokeName, environment } = spoke;
  const said: Omit<Entity, 'editedBy' | 'createdAt' | 'updatedAt' | 'version'> = {
    ...installation(input, product, stored),
    name: input.name,
    spoke: spokeName,
    environment,
    desired: input.desired,
    values: input.values ?? {},
    labels: input.labels ?? {},
    ...(stored?.adopt === true && { adopt: true }),
    ...(input.fieldConflicts === 'refuse' && { fieldConflicts: 'refuse' }),
  };
  const entity: Entity = {
    ...said,
    ...keptRollout(stored, said),
    ...stamp(context.clock.now().toISOString(), stored),
    ...(await editorsOf(unit, principal, said, stored)),
  };
  const tooLong = checkName('releaseName', entity.releaseName, 'releaseName');
  if (tooLong !== undefined) return err(tooLong);
  if (stored !== undefined) {
    const moved = firstDifference(stored, entity);
    if (moved !== undefined) return err(moved);
  }
  return ok({ entity, stored, notSecret: secrets.value });
}

/** Which Helm release the entity is: what was said, else what is stored, else the product's way. */
function installation(
  input: EntityInput,
  product: Product,
  stored: Entity | undefined,
): Pick<Entity, 'product' | 'namespace' | 'releaseName' | 'strategy'> {
  return {
    product: product.name,
    namespace: input.namespace ?? stored?.namespace ?? product.namespace ?? product.name,
    releaseName: input.releaseName ?? stored?.releaseName ?? product.name,
    strategy: 'rolling',
  };
}

async function editorsOf(
  unit: UnitOfWork,
  { name: by }: Principal,
  said: Parameters<typeof editedAnew>[1],
  stored: Entity | undefined,
): Promise<Pick<Entity, 'editedBy' | 'edits'>> {
  if (stored === undefined) return askedForAnew(stored, by, undefined);
  const [gone] = await unit.baselines.newestOf([stored.name]);
  return editedAnew(stored, said, by, gone);
}

/** Who changes what is to run ends what a deployment does with it step by step. */
function keptRollout(
  stored: Entity | undefined,
  said: Parameters<typeof isSameWish>[1],
): Pick<Entity, 'rollout'> {
  if (stored?.rollout === undefined || !isSameWish(stored, said)) return {};
  return { rollout: stored.rollout };
}

function stamp(
  at: string,
  stored: Entity | undefined,
): Pick<Entity, 'createdAt' | 'updatedAt' | 'version'> {
  return {
    createdAt: stored?.createdAt ?? at,
    updatedAt: at,
    version: stored?.version ?? 1,
  };
}

function firstDifference(stored: Entity, next: Entity): Refusal | undefined {
  for (const field of ['spoke', 'product', 'namespace', 'releaseName'] as const) {
    if (stored[field] !== next[field]) {
      return refusal(
        'catalog/entity_moved',
        `${field} of ${stored.name} is ${stored[field]} and cannot change; make another entity and set this one absent`,
        { field },
      );
    }
  }
  return undefined;
}

async function write(
  unit: UnitOfWork,
  entity: Entity,
  stored: Entity | undefined,
  input: EntityInput,
): Promise<Result<Entity, Refusal>> {
  const { expectedVersion } = input;
  const current = stored?.version ?? 0;
  if (expectedVersion !== undefined && expectedVersion !== current) {
    return err(versionConflict(entity.name, current));
  }
  // Who changes what holds there has locked it before looking for whom that concerns.
  if (isFoundElsewhere(entity, stored)) await unit.environments.lock(entity.environment);
  if (stored !== undefined) {
    const saved = await unit.entities.save(entity);
    return saved.ok ? saved : err(versionConflict(entity.name, current));
  }
  const inserted = await unit.entities.insert(entity);
  if (inserted.ok) return inserted;
  return err(
    refusal(
      'catalog/release_name_taken',
      `spoke ${entity.spoke} has an entity for release ${entity.releaseName} in namespace ${entity.namespace} already`,
      { field: 'releaseName' },
    ),
  );
}

/** Whether scopes reach it that did not, or the other way round. */
function isFoundElsewhere({ labels }: Entity, stored: Entity | undefined): boolean {
  return stored === undefined || jsonDigest(stored.labels) !== jsonDigest(labels);
}

function versionConflict(name: string, version: number): Refusal {
  return refusal(
    'catalog/version_conflict',
    `entity ${name} is at version ${String(version)} now; read it again and repeat the change`,
    { field: 'If-Match', data: { version } },
  );
}
