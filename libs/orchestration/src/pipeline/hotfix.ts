import {
  type Deployment,
  hotfixReason,
  isLowerTier,
  isNewer,
  recallOf,
  refusal,
  type Refusal,
  type Waivable,
} from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { openBreakGlassIn } from '../break-glass/open-break-glass.js';
import { productNotFound } from '../catalog/register-release.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { DeploymentMoved } from './deployment-moved.js';
import type { FollowTools } from './follow-tools.js';
import { environmentNotFound, requestDeploymentIn } from './request-deployment.js';

/** What somebody asks to be fixed in haste. */
export interface HotfixRequest {
  /** The name of a product. */
  readonly service: string;
  /** The name of an environment of tier production. */
  readonly environment: string;
  /** Absent = the newest release that COMPLETED below production. */
  readonly version?: string;
  readonly reason: string;
  /** What the caller may go past there (`hotfixWaives`); none = nothing. */
  readonly waives: readonly Waivable[];
}

/** A hotfix, and what it goes past. */
export interface RequestedHotfix {
  readonly deployment: Deployment;
  /** What does not hold its plans; they wait for all else. */
  readonly waives: readonly Waivable[];
  /** Why nothing is gone past although the caller may. */
  readonly notWaived?: string;
}

/** How long its break-glass lasts at most; it ends with the hotfix. In milliseconds. */
const LASTS_MS = 4 * 3_600_000;
/** So many deployments below production are looked through for the newest version. */
const REMEMBERED = 200;

/**
 * Deploys to production past its pipeline, always with a backup, and opens a break-glass for that, so
 * that somebody else reviews it; what it is to be brought back to is owed from then on. Where the
 * break-glass cannot be opened the hotfix waits for what holds any other. Refused with `hotfix/reason`,
 * `hotfix/not_production`, `catalog/release_not_found`, and as a deployment is.
 */
export function requestHotfix(
  context: Context,
  principal: Principal,
  request: HotfixRequest,
  tools: FollowTools,
): Promise<Result<RequestedHotfix, Refusal>> {
  return context.store.transact(async (unit) => {
    const reason = hotfixReason(request.reason);
    if (!reason.ok) return reason;
    const { service, environment: name } = request;
    const environment = await unit.environments.lock(name);
    if (environment === undefined) return err(environmentNotFound(name));
    if (environment.tier !== 'production') return err(notProduction(name));
    if ((await unit.products.get(service)) === undefined) return err(productNotFound(service));
    const version = request.version ?? (await newestBelow(unit, service));
    if (version === undefined) return err(nothingBelow(service));
    const asked = {
      ...({ kind: 'hotfix', service, environment: name, strategy: 'immediate' } as const),
      ...{ version, reason: reason.value, notes: `HOTFIX: ${reason.value}` },
    };
    const made = await requestDeploymentIn(context, unit, principal, asked, tools);
    if (!made.ok) return made;
    const hotfix = { deployment: made.value, waives: request.waives };
    return ok(await breakGlassFor(context, unit, principal, hotfix, reason.value));
  });
}

async function breakGlassFor(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  hotfix: RequestedHotfix,
  reason: string,
): Promise<RequestedHotfix> {
  const { deployment, waives } = hotfix;
  // What runs there already goes past nothing.
  if (waives.length === 0 || deployment.endedAt !== undefined) return { deployment, waives: [] };
  const until = new Date(context.clock.now().getTime() + LASTS_MS).toISOString();
  const { service: product, environment } = deployment;
  const asked = { product, environment, waives, reason, until };
  const opened = await openBreakGlassIn(context, unit, principal, asked);
  if (!opened.ok) return { deployment, waives: [], notWaived: opened.error.detail };
  const saved = await unit.deployments.save({ ...deployment, breakGlass: opened.value.id });
  if (!saved.ok) throw new DeploymentMoved(deployment.id);
  return { deployment: saved.value, waives: opened.value.waives };
}

/** The newest version that COMPLETED below production and is not recalled. */
async function newestBelow(unit: UnitOfWork, service: string): Promise<string | undefined> {
  const homes = await unit.entities.environmentsOf([service]);
  const environments = await unit.environments.getMany(homes.map((home) => home.environment));
  const lower = environments.filter(({ tier }) => isLowerTier(tier, 'production'));
  const recalls = await unit.recalls.ofProducts([service]);
  const { items } = await unit.deployments.list(
    { service, environments: lower.map(({ name }) => name), status: 'completed' },
    { limit: REMEMBERED },
  );
  return items
    .map(({ toVersion }) => toVersion)
    .filter((version) => recallOf(recalls, version) === undefined)
    .reduce<string | undefined>(
      (newest, version) => (newest === undefined || isNewer(version, newest) ? version : newest),
      undefined,
    );
}

function notProduction(environment: string): Refusal {
  const detail = `${environment} is no environment of tier production, and hotfixes go there only; use POST /deploy`;
  return refusal('hotfix/not_production', detail, { field: 'environment' });
}

function nothingBelow(service: string): Refusal {
  const detail = `no version of ${service} has completed below production; name the version that has the fix, or deploy it to dev first (POST /deploy)`;
  return refusal('catalog/release_not_found', detail, { field: 'version' });
}
