import {
  askedForAnew,
  type Baseline,
  type Deployment,
  type DeploymentTarget,
  type DesiredState,
  editorsSince,
  type Entity,
  type Product,
} from '@apollo-deploy/domain';
import { InvariantViolation, jsonDigest } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { dropDemand } from '../engine/follow-rollback.js';
import { endHold } from '../engine/holds.js';
import { markWithNeighbours } from '../engine/mark-neighbours.js';
import { ENGINE } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { DeploymentMoved } from './deployment-moved.js';
import { isStillDesired } from './is-still-desired.js';
import { leaveBehind } from './left-behind.js';
import { requesterOf } from './requester-of.js';
import { strategyAt } from './rollouts.js';
import { thereBefore } from './there-before.js';

/**
 * Says at an entity that it is to run what a deployment brings, in the name of whoever asked for that;
 * makes the entity where there is none. A hold that fixes something else is lifted, an automatic
 * rollback to something else that has not gone out is given up, and what was declined may be tried
 * again: a person asks for it. Nothing is said where a rollback would take it forth (`leaveBehind`).
 */
export async function startTarget(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
  waiting: DeploymentTarget,
): Promise<DeploymentTarget> {
  const startedAt = context.clock.now().toISOString();
  const stored = await unit.entities.get(waiting.entity);
  const target = await leaveBehind(unit, deployment, waiting, stored);
  if (target.state === 'skipped') return target;
  const entity = stored ?? (await newEntity(unit, deployment, target, startedAt));
  const [gone] = await unit.baselines.newestOf([entity.name]);
  const editors = askedForAnew(stored, deployment.deployedBy, gone);
  const own = target.values ?? provenValues(deployment, stored, gone);
  const values = own ?? entity.values;
  const brought = { ...target, ...(own !== undefined && { values: own }) };
  const begun = await strategyAt(unit, deployment, stored);
  const there = await thereBefore(unit, entity.name, startedAt);
  const { rollout: _, ...others } = entity;
  const next: Entity = {
    ...{ ...others, desired: { version: deployment.toVersion }, values, ...editors },
    ...begun.ofEntity,
  };
  const written = await write(unit, { ...next, updatedAt: startedAt }, stored, deployment);
  await clearTheWay(context, unit, deployment, brought);
  await markWithNeighbours(unit, [written]);
  await unit.dirty.mark([written.name], !isBroughtByOthers(context, deployment, target));
  await record(context, unit, requesterOf(deployment), {
    action: stored === undefined ? 'entity.create' : 'entity.update',
    subject: `entity/${written.name}`,
    detail: {
      ...{ desired: { ...written.desired }, deployment: deployment.id },
      ...(own !== undefined && { valuesDigest: jsonDigest(values) }),
    },
  });
  return {
    ...{ ...brought, state: 'started', startedAt, before: stored?.desired ?? null },
    ...(own !== undefined && { valuesBefore: entity.values }),
    ...{ ...there, ...begun.ofTarget },
  };
}

/**
 * Whoever takes services back may be asked for it; what they brought is not tried again for being ill. They
 * are never asked for what has waves still to come.
 */
function isBroughtByOthers(
  { rollbacks }: Context,
  { kind }: Deployment,
  { wave }: DeploymentTarget,
): boolean {
  return kind === 'rollback' && rollbacks !== undefined && wave === 0;
}

/**
 * The values that SUCCEEDED last, where others than who asks for a hotfix have set some since: they do not
 * ride along past the people who have still to agree to them. `undefined` = as they are.
 */
function provenValues(
  { kind, deployedBy }: Deployment,
  stored: Entity | undefined,
  gone: Baseline | undefined,
): Entity['values'] | undefined {
  if (kind !== 'hotfix' || stored === undefined || gone === undefined) return undefined;
  if (jsonDigest(stored.values) === gone.valuesDigest) return undefined;
  return editorsSince(stored, gone).some((name) => name !== deployedBy) ? gone.values : undefined;
}

/**
 * Lets an entity be what it was to be before a deployment said otherwise. Left as it is where somebody
 * has changed it since. Answers in a sentence that it was left; `undefined` = it was put back, or never
 * changed.
 */
export async function putBack(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
  target: DeploymentTarget,
): Promise<string | undefined> {
  const { before, startedAt, valuesBefore } = target;
  if (before === undefined || startedAt === undefined) return undefined;
  const entity = await unit.entities.get(target.entity);
  if (entity === undefined) return 'the entity was taken out since';
  if (!isStillDesired(deployment, target, entity) || entity.updatedAt !== startedAt) {
    return `what is desired was left as ${entity.editedBy} has set it since`;
  }
  const desired: DesiredState = before ?? { absent: true };
  const updatedAt = context.clock.now().toISOString();
  const values = valuesBefore ?? entity.values;
  const { rollout: _, ...rest } = entity;
  const saved = await unit.entities.save({ ...rest, desired, values, updatedAt });
  if (!saved.ok) throw new DeploymentMoved(deployment.id);
  await markWithNeighbours(unit, [saved.value]);
  await record(context, unit, ENGINE, {
    action: 'entity.update',
    subject: `entity/${entity.name}`,
    detail: { desired: { ...desired }, deployment: deployment.id, putBack: true },
  });
  return undefined;
}

async function newEntity(
  unit: UnitOfWork,
  { service, environment, toVersion, deployedBy }: Deployment,
  { entity: name, spoke }: DeploymentTarget,
  at: string,
): Promise<Entity> {
  const product = await unit.products.get(service);
  if (product === undefined) throw new InvariantViolation(`service ${service} is not stored`);
  return {
    ...{ name, spoke, environment, product: service, desired: { version: toVersion } },
    ...placeOf(product),
    ...{ values: {}, labels: {}, strategy: 'rolling' },
    ...{ editedBy: deployedBy, createdAt: at, updatedAt: at, version: 1 },
  };
}

/** Where a product is installed by default. */
export function placeOf({
  name,
  namespace,
}: Pick<Product, 'name' | 'namespace'>): Pick<Entity, 'namespace' | 'releaseName'> {
  return { namespace: namespace ?? name, releaseName: name };
}

async function write(
  unit: UnitOfWork,
  entity: Entity,
  stored: Entity | undefined,
  { id }: Deployment,
): Promise<Entity> {
  const written = await (stored === undefined
    ? unit.entities.insert(entity)
    : unit.entities.save(entity));
  if (!written.ok) throw new DeploymentMoved(id);
  return written.value;
}

async function clearTheWay(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
  target: DeploymentTarget,
): Promise<void> {
  const { entity: name } = target;
  const requester = requesterOf(deployment);
  const why = `deployment ${deployment.id} brings ${deployment.toVersion}`;
  const [hold] = await unit.holds.ofEntities([name]);
  if (hold !== undefined && !bringsIt(deployment, target, hold.fixes)) {
    await endHold(context, unit, requester, hold, why);
  }
  const [demand] = await unit.rollbackDemands.ofEntities([name]);
  if (demand === undefined || bringsIt(deployment, target, demand.to)) return;
  const open = await unit.plans.openOf([name]);
  if (open.some(({ state }) => state === 'EXECUTING' || state === 'UNKNOWN')) return;
  await dropDemand(context, unit, demand, why);
}

/** Whether a deployment brings this content. Whoever leaves the values as they are means none of them. */
function bringsIt(
  { toVersion }: Deployment,
  { values }: DeploymentTarget,
  content: { readonly version: string; readonly valuesDigest: string } | undefined,
): boolean {
  if (content?.version !== toVersion) return false;
  return values === undefined || content.valuesDigest === jsonDigest(values);
}
