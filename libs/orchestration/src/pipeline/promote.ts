import {
  checkAboveHotfix,
  checkPromotionPath,
  type Deployment,
  type DeploymentStrategy,
  hasBegun,
  PROMOTION_PATHS,
  type PromotionSource,
  proveSource,
  recallOf,
  refusal,
  type Refusal,
  runningVersion,
  type SourceDeployment,
  tellRecalled,
} from '@apollo-deploy/domain';
import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import { productNotFound } from '../catalog/register-release.js';
import type { Context } from '../context.js';
import { isOutage } from '../engine/is-outage.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { completedAt } from './completed-at.js';
import { environmentNotFound, findEnvironment } from './find-environment.js';
import type { FollowTools } from './follow-tools.js';
import { loadPromotionSource } from './load-promotion-source.js';
import { loadService } from './load-service.js';
import { requestDeploymentIn } from './request-deployment.js';
import { inTurn } from './turns.js';
import { underWayAt } from './under-way-at.js';

/** What somebody asks to be promoted. */
export interface PromotionRequest {
  /** The name of a product. */
  readonly service: string;
  /** The names of environments, or their aliases (`findEnvironment`). */
  readonly from: string;
  readonly to: string;
  /** Absent = rolling. */
  readonly strategy?: Exclude<DeploymentStrategy, 'immediate'>;
  readonly reason?: string;
}

/**
 * Deploys to one environment exactly what COMPLETED and is Healthy in another, and keeps the proof of
 * that with the deployment. Refused with `promotion/invalid_path`, `deployment/recalled`,
 * `promotion/source_not_healthy` (with every reason), `promotion/below_hotfix`, and as a deployment is.
 */
export async function promote(
  context: Context,
  principal: Principal,
  request: PromotionRequest,
  tools: FollowTools,
): Promise<Result<Deployment, Refusal>> {
  const led = await context.store.transact((unit) => checkWay(context, unit, request));
  if (!led.ok) return led;
  const way = led.value;
  // Outside of any transaction: it may take long.
  const unhealthy = await saidAgainst(context, way);
  return inTurn(context, way.to, () =>
    context.store.transact((unit) =>
      promoteIn(context, unit, principal, { way, unhealthy }, tools),
    ),
  );
}

/** As a part of this transaction; `unhealthy` is what was said against the source. */
async function promoteIn(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  { way, unhealthy }: { readonly way: PromotionRequest; readonly unhealthy: string | undefined },
  tools: FollowTools,
): Promise<Result<Deployment, Refusal>> {
  const { service, from, to, strategy = 'rolling', reason } = way;
  const place = { service, environment: from };
  const last = await lastDeployments(unit, service, from);
  const loaded = await loadPromotionSource(context, unit, { ...place, ...last });
  const others = await underWayAt(context, unit, place, tools);
  const recalled = await checkNotRecalled(unit, loaded);
  if (!recalled.ok) return recalled;
  const underWay = others.map((one) => one.deployment).find(hasBegun);
  const source: PromotionSource = {
    ...loaded,
    ...(underWay !== undefined && { underWay }),
    ...(unhealthy !== undefined && { unhealthy }),
  };
  const proven = proveSource(source, context.clock.now());
  if (!proven.ok) return proven;
  const { version, chartSha256 } = proven.value;
  // From here on nobody brings a hotfix there before this is written.
  await unit.environments.lock(to);
  const above = await checkAbove(context, unit, way, version);
  if (!above.ok) return above;
  const asked = {
    ...({ kind: 'promote', service, environment: to, version, strategy } as const),
    ...(reason !== undefined && { reason }),
    notes: `Promoted from ${from}: ${reason ?? 'No reason provided'}`,
    proof: proven.value,
  };
  const made = await requestDeploymentIn(context, unit, principal, asked, tools);
  if (made.ok && made.value.chartSha256 !== chartSha256) {
    throw new InvariantViolation(`${service} ${version} has another chart than ran in ${from}`);
  }
  return made;
}

/** Whether a path leads from one environment to the other at all; answers both by their names. */
async function checkWay(
  { promotionPaths = PROMOTION_PATHS }: Context,
  unit: UnitOfWork,
  request: PromotionRequest,
): Promise<Result<PromotionRequest, Refusal>> {
  const { service, from, to } = request;
  const [source, target] = [await findEnvironment(unit, from), await findEnvironment(unit, to)];
  if (source === undefined) return err(environmentNotFound(from, 'from_env'));
  if (target === undefined) return err(environmentNotFound(to, 'to_env'));
  const path = checkPromotionPath(promotionPaths, source, target);
  if (!path.ok) return path;
  const product = await unit.products.get(service);
  if (product === undefined) return err(productNotFound(service, 'service'));
  return ok({ ...request, from: source.name, to: target.name });
}

/** What somebody who watches services says against one; where nobody answers, nothing is known of it. */
async function saidAgainst(
  { health }: Context,
  { service, from }: PromotionRequest,
): Promise<string | undefined> {
  if (health === undefined) return undefined;
  try {
    const { healthy, detail } = await health.look(service, from);
    return healthy ? undefined : detail;
  } catch (error) {
    if (!(error instanceof Error) || !isOutage(error)) throw error;
    return `${health.name} does not say how ${service} does: ${error.message}`;
  }
}

/** How the newest deployments of a service ended in an environment; what gave way never began. */
async function lastDeployments(
  unit: UnitOfWork,
  service: string,
  environment: string,
): Promise<{ readonly completed?: SourceDeployment; readonly failed?: SourceDeployment }> {
  const ended = async (status: Deployment['status']) =>
    (await unit.deployments.list({ service, environment, status }, { limit: 5 })).items.find(
      ({ supersededBy }) => supersededBy === undefined,
    );
  const [completed, failed, taken] = [
    await ended('completed'),
    await ended('failed'),
    await ended('rolled_back'),
  ];
  const [newest] = [failed, taken]
    .flatMap((one) => one ?? [])
    .sort((one, other) => (one.deployedAt < other.deployedAt ? 1 : -1));
  const isLater = newest !== undefined && newest.deployedAt >= (completed?.deployedAt ?? '');
  return {
    ...(completed !== undefined && { completed: asSource(completed) }),
    ...(isLater && { failed: asSource(newest) }),
  };
}

function asSource({ id, toVersion, chartSha256, targets }: Deployment): SourceDeployment {
  const skipped = targets.filter(({ state }) => state === 'skipped').map(({ spoke }) => spoke);
  return { id, toVersion, chartSha256, skipped };
}

/**
 * Whether what completed there last, or runs where nothing was deployed yet, is recalled: a recall ends the
 * proof too, and then it would be said that there is none, and not why.
 */
async function checkNotRecalled(
  unit: UnitOfWork,
  { service, environment, completed, entities }: PromotionSource,
): Promise<Result<void, Refusal>> {
  const running = runningVersion(entities[0]?.reported?.release ?? null);
  const version = completed?.toVersion ?? running;
  if (version === undefined) return ok(undefined);
  const recall = recallOf(await unit.recalls.ofProducts([service]), version);
  if (recall === undefined) return ok(undefined);
  const detail = `${service} ${tellRecalled(version, recall)}, so it would never be brought; deploy a version that may run to ${environment} and promote that, or withdraw the recall (DELETE /api/v1/recalls/${recall.id}) and let ${version} succeed in ${environment} once more, as the recall has ended what it had proven there`;
  return err(refusal('deployment/recalled', detail, { data: { version, recall: recall.id } }));
}

/** Whether it would take a hotfix back that runs there, or is on its way. */
async function checkAbove(
  context: Context,
  unit: UnitOfWork,
  { service, to: environment }: PromotionRequest,
  version: string,
): Promise<Result<void, Refusal>> {
  const place = { service, environment };
  const coming = (await unit.deployments.underWayAt([place])).filter(isHotfix).filter(isComing);
  const running = (await loadService(context, unit, service, [environment])).flatMap(
    ({ reported }) => runningVersion(reported?.release ?? null) ?? [],
  );
  const items = await completedAt(unit, place);
  const brought = items.filter((one) => isHotfix(one) && running.includes(one.toVersion));
  for (const { id, toVersion, endedAt } of [...coming, ...brought]) {
    const standing = { id, toVersion, underWay: endedAt === undefined };
    const checked = checkAboveHotfix(version, standing, environment);
    if (!checked.ok) return checked;
  }
  return ok(undefined);
}

function isHotfix({ kind }: Deployment): boolean {
  return kind === 'hotfix';
}

/** Where it failed it does not stay. */
function isComing({ targets }: Deployment): boolean {
  return !targets.some(
    ({ state }) => state === 'rolling_back' || state === 'rolled_back' || state === 'failed',
  );
}
