import { assertNever } from '@apollo-deploy/kernel';
import { tellUnbacked } from '../backups/backup-record.js';
import type { AskedOutside, DeploymentTarget, TargetState, Unseen } from './deployment.js';
import { isAtLastStep, isMidway } from '../strategies/target-rollout.js';
import { verdictOf } from './health-verdict.js';
import { isGivenUp } from './take-look.js';
import { type FollowedPlan, runsWell, type TargetFacts } from './target-facts.js';

/** How the note begins of what ran there before anything was brought. */
export const RAN_ALREADY = 'it ran already, so nothing was changed';
const FOUND_WELL = 'the deployment that brought it found it well, and its spoke does now';

const ENDS: readonly TargetState[] = ['healthy', 'rolled_back', 'failed', 'skipped', 'not_started'];

/** Nothing more becomes of it. */
export function isOver({ state }: Pick<DeploymentTarget, 'state'>): boolean {
  return ENDS.includes(state);
}

/** What it is to run ran there before anything was brought. */
export function ranAlready({ planId, outside, rollout, note }: DeploymentTarget): boolean {
  const isBrought = planId !== undefined || outside !== undefined || rollout !== undefined;
  return !isBrought && note?.startsWith(RAN_ALREADY) === true;
}

/**
 * A target as far as the facts say that it has come. `recalled`: that a recall covers what it is to run, in a
 * sentence; then nothing more goes out for it.
 */
export function progressOf(
  target: DeploymentTarget,
  facts: TargetFacts,
  recalled?: string,
): DeploymentTarget {
  switch (target.state) {
    case 'waiting':
      return orRecalled(target, recalled);
    case 'started':
    case 'executing':
      return orStopped(target, orRecalled(byPlan(target, facts), recalled), facts);
    case 'deployed':
      return byLooks(target, facts);
    case 'rolling_back':
      return byRollback(target, facts);
    default:
      return target;
  }
}

/** What has not gone out never will; what somebody outside is at is waited for. */
function orRecalled(target: DeploymentTarget, recalled: string | undefined): DeploymentTarget {
  const { state, outside } = target;
  const isToGo = state === 'waiting' || (state === 'started' && outside?.until === undefined);
  if (recalled === undefined || !isToGo) return target;
  const cure = 'ask for another version, or withdraw the recall and ask again';
  return failed(target, `${recalled}, so it was not brought; ${cure}`);
}

/** What fails half-way is not over: it is to be taken back, unless somebody wants something else. */
function orStopped(
  before: DeploymentTarget,
  next: DeploymentTarget,
  { otherWishBy }: TargetFacts,
): DeploymentTarget {
  if (!isMidway(before) || next.state !== 'failed' || otherWishBy !== undefined) return next;
  return { ...before, state: 'deployed', stopped: next.note ?? 'it failed' };
}

function byPlan(target: DeploymentTarget, facts: TargetFacts): DeploymentTarget {
  const { plan } = facts;
  if (plan === undefined) return withoutPlan(target, facts);
  const planned = { ...target, planId: plan.id };
  switch (plan.state) {
    case 'PENDING':
    case 'BLOCKED':
      return beforeItGoes({ ...planned, state: 'started' }, facts);
    case 'EXECUTING':
    case 'UNKNOWN':
      return { ...planned, state: 'executing' };
    case 'SUCCEEDED':
      return { ...planned, state: 'deployed' };
    case 'FAILED':
      return afterFailure(planned, plan, facts);
    case 'ROLLED_BACK':
      return rolledBack({ ...planned, note: tell(plan) }, facts.rollback);
    case 'CANCELLED':
      return afterCancelling(target, plan, facts);
    default:
      return assertNever(plan.state);
  }
}

function beforeItGoes(target: DeploymentTarget, facts: TargetFacts): DeploymentTarget {
  const { backup, otherWishBy } = facts;
  if (otherWishBy !== undefined) return givingWay(target, otherWishBy);
  if (backup?.status !== 'failed') return target;
  return failed(target, tellUnbacked(backup));
}

/** Nothing brings it yet: it runs already, or something is in its way, or the engine has still to look. */
function withoutPlan(target: DeploymentTarget, facts: TargetFacts): DeploymentTarget {
  const { otherWishBy, otherPlan, idle, rollback } = facts;
  if (otherWishBy !== undefined) return givingWay(target, otherWishBy);
  const there = facts.runsIt && rollback === undefined ? runningThere(target, facts) : undefined;
  if (there !== undefined) return there;
  if (otherPlan !== undefined) {
    const brings = otherPlan.version === null ? 'takes it away' : `brings ${otherPlan.version}`;
    return failed(target, `plan ${otherPlan.id} took its place and ${brings}`);
  }
  const isGivenUp = idle?.code === 'declined' && target.outside?.until === undefined;
  return isGivenUp ? failed(target, idle.why) : target;
}

/**
 * What it came to where it runs already: nothing is left to do where the same was looked at before and did
 * well, else it is looked at. `undefined` = nobody sees that it does, or it is still coming up.
 */
function runningThere(target: DeploymentTarget, facts: TargetFacts): DeploymentTarget | undefined {
  const { outside, rollout } = target;
  const { spoke, health } = facts;
  if (rollout !== undefined) return { ...target, state: 'deployed' };
  if (outside !== undefined && spoke === 'heard' && health.progressing !== true) {
    const seen = { ...outside, seen: true } as const;
    return { ...target, state: 'deployed', outside: seen, note: `${outside.by} brought it` };
  }
  if (spoke !== 'heard' || health.progressing === true) return undefined;
  const isKnownWell = facts.proven === true && runsWell(facts);
  if (!isKnownWell) return { ...target, state: 'deployed', note: RAN_ALREADY };
  return { ...target, state: 'healthy', note: `${RAN_ALREADY}; ${FOUND_WELL}` };
}

/**
 * Whoever was asked to bring it is waited for no longer than that; who was not asked by then, is not any
 * more, and a plan brings it.
 */
export function stillAsked(target: DeploymentTarget, now: Date): DeploymentTarget {
  const { outside, ...own } = target;
  if (outside?.until === undefined || outside.until > now.toISOString()) return target;
  return outside.askedAt === undefined ? own : { ...own, outside: unheard(outside) };
}

/** What is known of whoever was asked, once nobody waits for their answer any more. */
export function unheard({ until: _, suppression: __, ...asked }: AskedOutside): AskedOutside {
  return { ...asked, unanswered: true };
}

function afterFailure(
  target: DeploymentTarget,
  plan: FollowedPlan,
  { rollback }: TargetFacts,
): DeploymentTarget {
  if (rollback !== undefined) return { ...target, state: 'rolling_back', note: tell(plan) };
  return plan.retries === true ? { ...target, state: 'started' } : failed(target, tell(plan));
}

/** What was given up for good has failed; what only came back is proposed anew by itself. */
function afterCancelling(
  target: DeploymentTarget,
  plan: FollowedPlan,
  facts: TargetFacts,
): DeploymentTarget {
  const isRefused =
    plan.cancelReason === 'rejected' ||
    plan.cancelReason === 'cancelled' ||
    plan.cancelReason === 'approval_lapsed';
  if (isRefused) return failed({ ...target, planId: plan.id }, tell(plan));
  const { planId: _, ...unplanned } = target;
  return withoutPlan({ ...unplanned, state: 'started' }, facts);
}

function byLooks(target: DeploymentTarget, { otherWishBy, spoke }: TargetFacts): DeploymentTarget {
  if (otherWishBy !== undefined) return givingWay(target, otherWishBy);
  if (target.stopped !== undefined) return target;
  const verdict = verdictOf(target.looks);
  if (verdict === undefined && target.unseen !== undefined && isGivenUp(target.unseen)) {
    return unanswered(target, target.unseen);
  }
  if (!isAtLastStep(target)) return target;
  if (verdict === 'healthy') return foundHealthy(target);
  return verdict === undefined && spoke === 'lost' ? silenced(target) : target;
}

function foundHealthy({ fellIllAt: _, ...target }: DeploymentTarget): DeploymentTarget {
  return { ...target, state: 'healthy', ...(ranAlready(target) && { note: lookedAt(target) }) };
}

/** Where nothing was changed, its looks are all that there is to tell of. */
function lookedAt({ looks }: DeploymentTarget): string {
  return `${RAN_ALREADY}; it was looked at ${String(looks.length)} times, and does well`;
}

/** Silence is no sign of ill health: what was brought stays, and is not called healthy. */
function silenced(target: DeploymentTarget): DeploymentTarget {
  const there = ranAlready(target) ? RAN_ALREADY : 'it was brought';
  const why = `${there}, and spoke ${target.spoke} was lost before it was known how it does`;
  return failed(target, `${why}; nothing was taken back: see to the spoke, then to what runs`);
}

/** Nor is it where others are silent; what is half-way does not stay so. */
function unanswered(target: DeploymentTarget, { since, why }: Unseen): DeploymentTarget {
  const told = `nobody could look how it does since ${since}: ${why}`;
  if (!isAtLastStep(target)) return { ...target, stopped: told };
  const there = ranAlready(target) ? `${RAN_ALREADY}; ` : '';
  return failed(target, `${there}${told}; nothing was taken back: see to that, then to what runs`);
}

function byRollback(target: DeploymentTarget, { rollback }: TargetFacts): DeploymentTarget {
  if (rollback === 'demanded') return target;
  if (rollback === undefined) return failed(target, join(target.note, 'its rollback was given up'));
  switch (rollback.state) {
    case 'SUCCEEDED':
      return rolledBack(target, rollback);
    case 'FAILED':
    case 'ROLLED_BACK':
    case 'CANCELLED': {
      const more = rollback.message === undefined ? '' : `: ${rollback.message}`;
      const end = `its rollback by plan ${rollback.id} is ${rollback.state}${more}`;
      return failed(target, join(target.note, end));
    }
    default:
      return target;
  }
}

function rolledBack(target: DeploymentTarget, rollback: TargetFacts['rollback']): DeploymentTarget {
  const version = typeof rollback === 'object' ? rollback.version : null;
  return { ...target, state: 'rolled_back', ...(version !== null && { wentBackTo: version }) };
}

function givingWay(target: DeploymentTarget, by: string): DeploymentTarget {
  return failed(target, `${by} has said since that something else is to run`);
}

function failed(target: DeploymentTarget, note: string): DeploymentTarget {
  return { ...target, state: 'failed', note };
}

function tell({ id, state, outcome, cancelReason, message }: FollowedPlan): string {
  const how = outcome ?? cancelReason;
  const ended = how === undefined ? state : `${state} (${how})`;
  return `plan ${id} is ${ended}${message === undefined ? '' : `: ${message}`}`;
}

function join(first: string | undefined, second: string): string {
  return first === undefined ? second : `${first}; ${second}`;
}
