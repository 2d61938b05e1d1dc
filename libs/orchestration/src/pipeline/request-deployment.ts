import {
  type Deployment,
  type DeploymentBackup,
  deploymentId,
  type DeploymentKind,
  type DeploymentStrategy,
  type DeploymentTarget,
  type Environment,
  parseVersion,
  type Product,
  type PromotionProof,
  type Recall,
  recallOf,
  refusal,
  type Refusal,
  type Release,
  tellRecalled,
} from '@apollo-deploy/domain';
import { err, InvariantViolation, ok, type Result, shorten } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import { productNotFound } from '../catalog/register-release.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { checkStrategy } from './check-strategy.js';
import { environmentNotFound } from './find-environment.js';
import type { FollowTools } from './follow-tools.js';
import { keepRequest } from './keep-request.js';
import { newestInChannel } from './newest-in-channel.js';
import { planTargets } from './plan-targets.js';
import { runningVersionOf } from './running-version-of.js';
import { stepDeployment } from './step-deployment.js';
import { takePlace } from './take-place.js';
import { inTurn } from './turns.js';

/** The values of an entity that a deployment takes back. */
export type RestoredContent = Required<Pick<DeploymentTarget, 'values' | 'valuesBefore'>> &
  Pick<DeploymentTarget, 'note'>;

/** What somebody asks to be deployed. */
export interface DeploymentRequest {
  readonly kind: DeploymentKind;
  /** The name of a product. */
  readonly service: string;
  readonly environment: string;
  /** Absent = the newest release in the environment's channel. */
  readonly version?: string;
  readonly strategy: DeploymentStrategy;
  /** Only who may asks for that; production backs up all the same. */
  readonly skipBackup?: boolean;
  readonly reason?: string;
  /** What the history says of it while it is under way; absent = the reason. */
  readonly notes?: string;
  /** What if another one is under way there: `wait` behind it, or be refused. */
  readonly onConflict?: 'wait' | 'refuse';
  readonly proof?: PromotionProof;
  /** By entity, what it is brought with and was desired there; others keep the values that they have. */
  readonly values?: ReadonlyMap<string, RestoredContent>;
}

/** The unique part of an id is so long. */
const UNIQUE_LENGTH = 12;
/** Whoever follows it takes the others. */
const FIRST_STEPS_MAX = 5;

/**
 * Records a deployment and takes its first step. It takes the place of one that only waits there, and
 * waits behind one that executes. What is deployed is pinned; a development environment that no version is
 * named for follows its channel again once that has come about. Nothing but a promotion, a hotfix or a
 * rollback reaches production.
 */
export function requestDeployment(
  context: Context,
  principal: Principal,
  request: DeploymentRequest,
  tools: FollowTools,
): Promise<Result<Deployment, Refusal>> {
  return inTurn(context, request.environment, () =>
    context.store.transact((unit) => requestDeploymentIn(context, unit, principal, request, tools)),
  );
}

/** As `requestDeployment`, as a part of what is done in this transaction. */
export async function requestDeploymentIn(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  request: DeploymentRequest,
  tools: FollowTools,
): Promise<Result<Deployment, Refusal>> {
  const environment = await unit.environments.lock(request.environment);
  if (environment === undefined) return err(environmentNotFound(request.environment));
  const forbidden = whyForbidden(request, environment);
  if (forbidden !== undefined) return err(forbidden);
  const product = await unit.products.get(request.service);
  if (product === undefined) return err(productNotFound(request.service, 'service'));
  const release = await releaseFor(context, unit, request, environment);
  if (!release.ok) return release;
  const planned = await targetsFor(context, unit, request, {
    ...{ product, environment, release: release.value },
  });
  if (!planned.ok) return planned;
  const id = idFor(context, product);
  const taken = await takePlace(context, unit, { id, ...request }, tools);
  if (!taken.ok) return taken;
  const queued = taken.value === 'queued';
  // What runs when it begins may not be what runs now.
  const place = { ...request, toVersion: release.value.version };
  const from = queued ? undefined : await runningVersionOf(unit, place);
  const at = context.clock.now().toISOString();
  const inserted = await unit.deployments.insert({
    ...{ id, service: product.name, environment: environment.name, kind: request.kind },
    ...{
      strategy: request.strategy,
      status: 'pending',
      ...wantedOf(request, release.value, environment),
    },
    ...(from !== undefined && { fromVersion: from }),
    ...{ deployedBy: principal.name, deployedByKind: principal.kind, deployedAt: at },
    ...(request.reason !== undefined && { reason: request.reason, notes: request.reason }),
    ...(request.notes !== undefined && { notes: request.notes }),
    queued,
    steps: [{ status: 'pending', at }],
    targets: withValues(planned.value, request),
    backup: backupFor(request, environment),
    ...(request.proof !== undefined && { proof: request.proof }),
    version: 1,
  });
  if (!inserted.ok) throw new InvariantViolation(`the place of deployment ${id} is taken`);
  await keepRequest(unit, principal, inserted.value);
  await recordRequest(context, unit, principal, inserted.value);
  return ok(await begin(context, unit, inserted.value, tools));
}

function withValues(
  targets: readonly DeploymentTarget[],
  { values }: DeploymentRequest,
): readonly DeploymentTarget[] {
  return targets.map((target) => ({ ...target, ...values?.get(target.entity) }));
}

/** Where it goes, if its strategy can be followed there. */
async function targetsFor(
  context: Context,
  unit: UnitOfWork,
  request: DeploymentRequest,
  goal: { readonly product: Product; readonly environment: Environment; readonly release: Release },
): Promise<Result<readonly DeploymentTarget[], Refusal>> {
  const { strategy, kind } = request;
  const declared = goal.release.strategies?.some((one) => one === strategy) === true;
  const widens = strategy === 'canary' && !declared;
  const planned = await planTargets(context, unit, { ...goal, kind, widens });
  if (!planned.ok) return planned;
  const lacking = checkStrategy(request, goal.release, planned.value);
  return lacking === undefined ? ok(planned.value.targets) : err(lacking);
}

/** Takes the steps that can be taken at once: of what runs there already that is all there is to do. */
async function begin(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
  tools: FollowTools,
): Promise<Deployment> {
  let begun = deployment;
  for (let steps = 0; steps < FIRST_STEPS_MAX; steps += 1) {
    const stepped = await stepDeployment(context, unit, deployment.id, tools);
    if (stepped === undefined) return begun;
    begun = stepped.deployment;
    if (stepped.did === 'wait' || stepped.did === 'asks') return begun;
  }
  return begun;
}

function idFor(context: Context, { name }: Product): string {
  const unique = context.ids.next().slice(-UNIQUE_LENGTH).toLowerCase();
  return deploymentId(context.clock.now(), name, unique);
}

function recordRequest(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  { id, service, environment, kind, strategy, backup, toVersion, ...rest }: Deployment,
): Promise<void> {
  return record(context, unit, principal, {
    action: 'deployment.request',
    subject: `deployment/${id}`,
    detail: {
      ...{ service, environment, kind, strategy, backup, toVersion, queued: rest.queued },
      fromVersion: rest.fromVersion ?? null,
      chartSha256: rest.chartSha256,
      reason: rest.reason ?? null,
    },
  });
}

function whyForbidden({ kind }: DeploymentRequest, { tier }: Environment): Refusal | undefined {
  if (kind === 'deploy' && tier === 'production') {
    const detail =
      'Direct deployment to PROD is forbidden. Use /promote to move from DEV to PROD, or /hotfix for emergencies.';
    return refusal('deployment/direct_to_production', detail, { field: 'target_env' });
  }
  return undefined;
}

async function releaseFor(
  context: Context,
  unit: UnitOfWork,
  { kind, service, version }: DeploymentRequest,
  environment: Environment,
): Promise<Result<Release, Refusal>> {
  if (version === undefined) return newestInChannel(context, unit, service, environment);
  const release = await unit.releases.get(service, version);
  if (release === undefined) return err(releaseNotFound(kind, service, version));
  const recall = recallOf(await unit.recalls.ofProducts([service]), version);
  return recall === undefined ? ok(release) : err(isRecalled(kind, release, recall));
}

function wantedOf(
  { version: named }: DeploymentRequest,
  { version, chart }: Release,
  { tier, channel }: Environment,
): Pick<Deployment, 'wish' | 'toVersion' | 'chartSha256'> {
  const wish = named === undefined && tier === 'development' ? { channel } : { version };
  return { wish, toVersion: version, chartSha256: chart.sha256 };
}

/** Production never does without; a development environment never needs one. */
function backupFor({ skipBackup }: DeploymentRequest, { tier }: Environment): DeploymentBackup {
  if (tier === 'development') return 'none';
  return tier === 'staging' && skipBackup === true ? 'skipped' : 'required';
}

/** The field of a request that names a version; a promotion names none. */
const VERSION_FIELDS: Readonly<Record<DeploymentKind, string | undefined>> = {
  deploy: 'version',
  promote: undefined,
  hotfix: 'version',
  rollback: 'target_version',
};

function releaseNotFound(kind: DeploymentKind, service: string, version: string): Refusal {
  const field = VERSION_FIELDS[kind] ?? 'version';
  const parsed = parseVersion(version);
  const detail = parsed.ok
    ? `${service} has no release ${version}; register it first (POST /api/v1/releases), or name one that GET /api/v1/releases?product=${service} lists`
    : `${field} is ${JSON.stringify(shorten(version))}, which is no SemVer version such as 1.4.2: ${parsed.error.detail}`;
  return refusal('catalog/release_not_found', detail, { field });
}

function isRecalled(kind: DeploymentKind, { product, version }: Release, recall: Recall): Refusal {
  const field = VERSION_FIELDS[kind];
  return refusal(
    'deployment/recalled',
    `${product} ${tellRecalled(version, recall)}, so it would never be brought; name a version that may run, or withdraw the recall (DELETE /api/v1/recalls/${recall.id})`,
    { ...(field !== undefined && { field }), data: { version, recall: recall.id } },
  );
}
