import {
  type Deployment,
  highestPlaces,
  isNewer,
  refusal,
  type Refusal,
  runningVersion,
} from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { productNotFound } from '../catalog/register-release.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { environmentNotFound, findEnvironment } from './find-environment.js';
import type { FollowTools } from './follow-tools.js';
import { loadService, type SeenEntity } from './load-service.js';
import { type DeploymentRequest, requestDeploymentIn } from './request-deployment.js';
import { restoredContents } from './restored-contents.js';
import { rollBackOutside } from './roll-back-outside.js';
import { servicePlaces } from './service-places.js';
import { inTurn } from './turns.js';
import { type RestoredVersion, versionToRestore } from './version-to-restore.js';

/** What somebody asks to go back. */
export interface RollbackRequest {
  /** The name of a product. */
  readonly service: string;
  /** The name of an environment; absent = the highest tier in which it runs. */
  readonly environment?: string;
  /** Absent = what COMPLETED there before what runs, or before what is on its way there (`versionToRestore`). */
  readonly targetVersion?: string;
  readonly reason?: string;
}

/** One of which it is known where it goes back. */
interface PlacedRollback extends RollbackRequest {
  readonly environment: string;
}

/**
 * Deploys what COMPLETED before what runs, or the version that is named, to the place where a service runs,
 * with the values with which that version SUCCEEDED there last (`restoredContents`); where it never did,
 * with those that there are. Entities that run what was there before that are left as they are. What it
 * brings is held there afterwards. Refused with `rollback/no_previous` where nothing COMPLETED before,
 * `rollback/not_back` for a version newer than what runs, and as a deployment is. Where somebody else takes
 * services back, they are asked to where they may be (`rollBackOutside`).
 */
export async function rollBack(
  context: Context,
  principal: Principal,
  request: RollbackRequest,
  tools: FollowTools,
): Promise<Result<Deployment, Refusal>> {
  const place = await context.store.transact((unit) => placeOf(context, unit, request));
  if (!place.ok) return place;
  const placed = { ...request, environment: place.value };
  const { rollbacks: provider } = context;
  if (provider !== undefined) {
    const errand = { context, provider, principal, tools };
    return rollBackOutside(errand, placed.environment, (unit) =>
      wayBack(context, unit, placed, tools),
    );
  }
  return inTurn(context, placed.environment, () =>
    context.store.transact(async (unit) => {
      const asked = await wayBack(context, unit, placed, tools);
      if (!asked.ok) return asked;
      return requestDeploymentIn(context, unit, principal, asked.value, tools);
    }),
  );
}

/** Where it goes back, and to what. */
interface Goal extends RestoredVersion {
  readonly environment: string;
}

/** What is to be deployed, with its place locked. */
async function wayBack(
  context: Context,
  unit: UnitOfWork,
  request: PlacedRollback,
  tools: FollowTools,
): Promise<Result<DeploymentRequest, Refusal>> {
  const { service, reason } = request;
  const found = await goalOf(context, unit, request, tools);
  if (!found.ok) return found;
  const { repeats, ...goal } = found.value;
  return ok({
    ...({ kind: 'rollback', service, strategy: 'rolling' } as const),
    ...goal,
    values: await restoredContents(unit, service, goal),
    ...(reason !== undefined && { reason }),
    ...(repeats !== undefined && { notes: tellRepeated(repeats, goal.version, reason) }),
  });
}

function tellRepeated(repeats: string, version: string, reason: string | undefined): string {
  const told = `it asks once more for ${version}, to which rollback ${repeats} was on its way`;
  return reason === undefined ? told : `${reason}; ${told}`;
}

/** Where it goes back, and to what, with that place locked: so that nothing completes there meanwhile. */
async function goalOf(
  context: Context,
  unit: UnitOfWork,
  request: PlacedRollback,
  tools: FollowTools,
): Promise<Result<Goal, Refusal>> {
  const { environment } = request;
  if ((await unit.environments.lock(environment)) === undefined) {
    return err(environmentNotFound(environment));
  }
  const version = await versionFor(context, unit, request, tools);
  return version.ok ? ok({ environment, ...version.value }) : version;
}

async function placeOf(
  context: Context,
  unit: UnitOfWork,
  { service, environment }: RollbackRequest,
): Promise<Result<string, Refusal>> {
  if ((await unit.products.get(service)) === undefined) {
    return err(productNotFound(service, 'service'));
  }
  if (environment !== undefined) {
    const named = await findEnvironment(unit, environment);
    return named === undefined ? err(environmentNotFound(environment)) : ok(named.name);
  }
  const highest = highestPlaces(await servicePlaces(context, unit, service));
  const [only, ...others] = highest;
  if (only === undefined) return err(noPrevious(service));
  if (others.length === 0) return ok(only);
  const detail = `${service} runs in ${highest.join(' and ')}; say where it is to go back with environment`;
  return err(refusal('catalog/invalid_field', detail, { field: 'environment' }));
}

async function versionFor(
  context: Context,
  unit: UnitOfWork,
  { service, environment, targetVersion }: PlacedRollback,
  tools: FollowTools,
): Promise<Result<RestoredVersion, Refusal>> {
  const running = runningAmong(await loadService(context, unit, service, [environment]));
  if (targetVersion !== undefined) {
    const forth = running.length > 0 && running.every((one) => isNewer(targetVersion, one));
    return forth ? err(notBack(targetVersion, running)) : ok({ version: targetVersion });
  }
  const place = { service, environment };
  const version = await versionToRestore(context, unit, place, running, tools);
  return version === undefined ? err(noPrevious(service, { environment, running })) : ok(version);
}

/** Of those that are passed over, nothing is known now; where there is nobody else, what they said last. */
function runningAmong(seen: readonly SeenEntity[]): readonly string[] {
  const within = seen.filter(({ lost }) => !lost);
  return (within.length > 0 ? within : seen).flatMap(
    ({ reported }) => runningVersion(reported?.release ?? null) ?? [],
  );
}

function noPrevious(
  service: string,
  data: { readonly environment?: string; readonly running?: readonly string[] } = {},
): Refusal {
  const detail = `No previous deployment found for ${service}`;
  return refusal('rollback/no_previous', detail, { data: { service, ...data } });
}

function notBack(version: string, running: readonly string[]): Refusal {
  const detail = `${version} is newer than ${running.join(' and ')}, which runs; a rollback goes back: bring a newer version with POST /deploy, /promote or /hotfix`;
  return refusal('rollback/not_back', detail, { field: 'target_version' });
}
