import {
  type Deployment,
  hotfixReason,
  refusal,
  type Refusal,
  type Waivable,
} from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { productNotFound } from '../catalog/register-release.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { environmentNotFound } from './find-environment.js';
import type { FollowTools } from './follow-tools.js';
import { openForHotfix, type RequestedHotfix } from './hotfix-break-glass.js';
import { keepPlace, PlaceKept, thosePastSomething } from './keep-place.js';
import { newestBelow } from './newest-below.js';
import { requestDeploymentIn } from './request-deployment.js';
import { stagedByOthers } from './staged-by-others.js';
import { inTurn } from './turns.js';

/** What somebody asks to be fixed in haste. */
export interface HotfixRequest {
  /** The name of a product. */
  readonly service: string;
  /** The name of an environment of tier production. */
  readonly environment: string;
  /** Absent = the newest that COMPLETED below production and was not taken back (`newestBelow`). */
  readonly version?: string;
  readonly reason: string;
  /** What the caller may go past there (`hotfixWaives`); none = nothing. */
  readonly waives: readonly Waivable[];
}

/**
 * Deploys to production past its pipeline, always with a backup, and opens a break-glass for that, so
 * that somebody else reviews it; what it is to be brought back to is owed from then on. One that is
 * queued opens it when it leaves the line (`openGranted`). Where the break-glass cannot be opened, it
 * waits for what holds any other, and takes no place of a hotfix that goes past something. Refused with
 * `hotfix/reason`, `hotfix/not_production`, `hotfix/goes_past_nothing`, `catalog/release_not_found`, and
 * as a deployment is.
 */
export function requestHotfix(
  context: Context,
  principal: Principal,
  request: HotfixRequest,
  tools: FollowTools,
): Promise<Result<RequestedHotfix, Refusal>> {
  return inTurn(context, request.environment, async () => {
    try {
      return await context.store.transact((unit) =>
        requestHotfixIn(context, unit, principal, request, tools),
      );
    } catch (error) {
      if (error instanceof PlaceKept) return err(error.refusal);
      throw error;
    }
  });
}

async function requestHotfixIn(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  request: HotfixRequest,
  tools: FollowTools,
): Promise<Result<RequestedHotfix, Refusal>> {
  const reason = hotfixReason(request.reason);
  if (!reason.ok) return reason;
  const { service, environment: name } = request;
  const environment = await unit.environments.lock(name);
  if (environment === undefined) return err(environmentNotFound(name));
  if (environment.tier !== 'production') return err(notProduction(name));
  if ((await unit.products.get(service)) === undefined)
    return err(productNotFound(service, 'service'));
  const version = await versionOf(context, unit, request);
  if (!version.ok) return version;
  const wanted = {
    ...({ kind: 'hotfix', service, environment: name, strategy: 'immediate' } as const),
    ...{ version: version.value, reason: reason.value, notes: `HOTFIX: ${reason.value}` },
  };
  const others = await thosePastSomething(context, unit, { service, environment: name });
  const made = await requestDeploymentIn(context, unit, principal, wanted, tools);
  if (!made.ok) return made;
  const asked = await breakGlass(context, unit, principal, request, made.value);
  // What may be waived is not, where what is asked for runs there already.
  if (asked.waives.length === 0 && (made.value.endedAt === undefined || mayNot(request))) {
    const why = asked.notWaived ?? `${principal.name} may not break glass in ${name}`;
    await keepPlace(unit, made.value, others, why);
  }
  return ok(asked);
}

async function versionOf(
  context: Context,
  unit: UnitOfWork,
  { version, service, environment }: HotfixRequest,
): Promise<Result<string, Refusal>> {
  return version === undefined ? newestBelow(context, unit, { service, environment }) : ok(version);
}

function mayNot({ waives }: HotfixRequest): boolean {
  return waives.length === 0;
}

/** What the hotfix goes past, as far as who asks may and nobody has staged values there. */
async function breakGlass(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  request: HotfixRequest,
  deployment: Deployment,
): Promise<RequestedHotfix> {
  const staged = await stagedByOthers(unit, deployment);
  const waives = request.waives.filter((one) => one !== 'approval' || staged === undefined);
  const asked = await openForHotfix(context, unit, principal, deployment, waives);
  const isLess = staged !== undefined && waives.length < request.waives.length;
  return { ...asked, ...(isLess && { notWaived: asked.notWaived ?? staged }) };
}

function notProduction(environment: string): Refusal {
  const detail = `${environment} is no environment of tier production, and hotfixes go there only; use POST /deploy`;
  return refusal('hotfix/not_production', detail, { field: 'environment' });
}
