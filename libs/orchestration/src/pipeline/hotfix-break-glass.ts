import {
  type BreakGlassGrant,
  type Deployment,
  type DeploymentFacts,
  isInForce,
  runsWell,
  type Waivable,
} from '@apollo-deploy/domain';
import { type Deed, record } from '../audit/record.js';
import { backedNow } from '../break-glass/backed-now.js';
import {
  breakGlassFor,
  type NewBreakGlass,
  openBreakGlassIn,
} from '../break-glass/open-break-glass.js';
import type { Context } from '../context.js';
import { ENGINE, type Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { requesterOf } from './requester-of.js';
import { saveDeployment } from './save-deployment.js';
import { stagedByOthers } from './staged-by-others.js';

/** A hotfix, and what it goes past. */
export interface RequestedHotfix {
  readonly deployment: Deployment;
  /** What does not hold its plans, as soon as it is no longer queued; they wait for all else. */
  readonly waives: readonly Waivable[];
  /** Why less is gone past than the caller may. */
  readonly notWaived?: string;
}

/** How long after it was asked for a hotfix goes past anything; its end ends that. In milliseconds. */
const LASTS_MS = 4 * 3_600_000;

/**
 * Opens the break-glass of a hotfix that was asked for just now. Of one that is queued it is kept what
 * the break-glass is to waive: it may never leave the line, and what is opened is owed.
 */
export async function openForHotfix(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  deployment: Deployment,
  waives: readonly Waivable[],
): Promise<RequestedHotfix> {
  // What runs there already goes past nothing.
  if (waives.length === 0 || deployment.endedAt !== undefined) return { deployment, waives: [] };
  const until = new Date(context.clock.now().getTime() + LASTS_MS).toISOString();
  const asked = askedFor(deployment, { waives, until });
  const way = deployment.queued ? breakGlassFor : openBreakGlassIn;
  const made = await way(context, unit, principal, asked);
  if (!made.ok) return { deployment, waives: [], notWaived: made.error.detail };
  const { id: breakGlass, waives: waived } = made.value;
  const saved = await saveDeployment(unit, {
    ...deployment,
    ...(deployment.queued ? { breakGlassGrant: { waives: waived, until } } : { breakGlass }),
  });
  if (deployment.queued) {
    const detail = { waives: [...waived], until };
    await record(context, unit, principal, deedOn(deployment, 'break_glass_grant', detail));
  }
  return { deployment: saved, waives: waived };
}

/**
 * A hotfix as it leaves the line: with the break-glass open that was granted when it was asked for, in
 * the name of whoever did, by what that person may do now. Where it cannot be opened any more it is
 * kept why, and the hotfix waits for what holds any other; so it is where it waives less, as others have
 * set values that nobody has agreed to (`stagedByOthers`). Nothing is opened where nothing is to be
 * brought. Call it under the lock of its environment; the caller saves it.
 */
export async function openGranted(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
  { targets }: Pick<DeploymentFacts, 'targets'>,
): Promise<Deployment> {
  const { breakGlassGrant: grant, ...left } = deployment;
  if (grant === undefined) return deployment;
  const toDo = [...targets.values()].filter(({ spoke }) => spoke !== 'lost');
  if (toDo.every(runsWell)) return left;
  const { breakGlass, refused } = await openNow(context, unit, deployment, grant);
  const begun = { ...left, ...(breakGlass !== undefined && { breakGlass }) };
  if (refused === undefined) return begun;
  const detail = { waives: [...grant.waives], until: grant.until, refused };
  await record(context, unit, ENGINE, deedOn(deployment, 'break_glass_refused', detail));
  return { ...begun, breakGlassGrant: { ...grant, refused } };
}

/** The break-glass that is open from now on, and why there is none, or one that waives less. */
async function openNow(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
  grant: BreakGlassGrant,
): Promise<{ readonly breakGlass?: string; readonly refused?: string }> {
  if (grant.until <= context.clock.now().toISOString()) return { refused: tooLate(grant) };
  // Values may have been set while it waited.
  const mayRide = grant.waives.includes('approval');
  const staged = mayRide ? await stagedByOthers(unit, deployment) : undefined;
  const waives = grant.waives.filter((one) => one !== 'approval' || staged === undefined);
  const less = staged !== undefined && { refused: staged };
  if (waives.length === 0) return { ...less };
  const asked = askedFor(deployment, { ...grant, waives });
  const opened = await openBreakGlassIn(context, unit, requesterOf(deployment), asked);
  if (!opened.ok) return { refused: opened.error.detail };
  return { breakGlass: opened.value.id, ...less };
}

/**
 * What a hotfix under way goes past now, or, in line, once it leaves that, by what whoever asked for it may
 * do now.
 */
export async function goesPast(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
): Promise<readonly Waivable[]> {
  const { breakGlass, breakGlassGrant: grant } = deployment;
  const now = context.clock.now();
  if (breakGlass !== undefined) {
    const glass = await unit.breakGlasses.get(breakGlass);
    if (glass === undefined || !isInForce(glass, now)) return [];
    const [backed = glass] = await backedNow(unit, [glass]);
    return backed.waives;
  }
  if (grant === undefined || grant.refused !== undefined) return [];
  const asked = askedFor(deployment, grant);
  const would = await breakGlassFor(context, unit, requesterOf(deployment), asked);
  return would.ok ? would.value.waives : [];
}

function deedOn(
  { id, service, environment, deployedBy }: Deployment,
  deed: 'break_glass_grant' | 'break_glass_refused',
  detail: Deed['detail'],
): Deed {
  return {
    action: `deployment.${deed}`,
    subject: `deployment/${id}`,
    detail: { service, environment, deployedBy, ...detail },
  };
}

function askedFor(
  { id: deployment, service: product, environment, reason = '' }: Deployment,
  { waives, until }: BreakGlassGrant,
): NewBreakGlass {
  return { product, environment, deployment, waives, reason, until };
}

function tooLate({ until }: BreakGlassGrant): string {
  return `what it was to go past could be waived until ${until}, and it waited in line for longer; ask for the hotfix again (POST /hotfix), which takes the place of this one while nothing of it has gone out`;
}
