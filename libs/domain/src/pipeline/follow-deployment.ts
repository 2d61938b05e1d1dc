import { type Recall, tellRecalled } from '../catalog/recall.js';
import { isAtLastStep, isMidway } from '../strategies/target-rollout.js';
import type { Deployment, DeploymentBackup, DeploymentTarget } from './deployment.js';
import {
  type DeploymentEnd,
  type DeploymentStatus,
  furtherOf,
  mayBecome,
  stepTo,
} from './deployment-lifecycle.js';
import { mayGiveWay, isHalfWay } from './half-way.js';
import { verdictOf } from './health-verdict.js';
import { lookedAtAgain } from './look-again.js';
import { nextLookOf } from './next-look.js';
import { type FollowedPlan, isToGo, type TargetFacts } from './target-facts.js';
import { isOver, progressOf, ranAlready, stillAsked } from './target-progress.js';
import { tellEnd } from './tell-end.js';
import { type Wait, waitsOf } from './tell-waits.js';

/** Everything that a deployment is followed by, at one instant. */
export interface DeploymentFacts {
  readonly now: Date;
  /** By the name of its entity, for every target. */
  readonly targets: ReadonlyMap<string, TargetFacts>;
  /** The deployment at the same place that it waits behind; absent = none. */
  readonly ahead?: string;
  /** A hotfix or a rollback at the same place that waits behind this one; absent = none does. */
  readonly urgent?: string;
  /** What says that its version must not run; absent = nothing, or all of it has gone out. */
  readonly recall?: Recall;
  /** Over how long it is looked how a wave does, in milliseconds. */
  readonly settlingMs: number;
}

/** What is to be done next for a deployment. */
export type Move =
  /** Nothing, until something changes, or at the latest `until` (RFC 3339). */
  | { readonly kind: 'wait'; readonly for: readonly Wait[]; readonly until?: string }
  /** Say at these entities what is to run. */
  | { readonly kind: 'start'; readonly entities: readonly string[] }
  /** Take back at these what was said: no plan has gone out for it, and none is to. */
  | {
      readonly kind: 'stop';
      readonly entities: readonly string[];
      readonly state: 'skipped' | 'not_started';
      readonly note: string;
    }
  /** Go on with the strategy at these, a step further: they did well at the one before. */
  | { readonly kind: 'advance'; readonly entities: readonly string[] }
  /** Look how these do. */
  | { readonly kind: 'look'; readonly entities: readonly string[] }
  /** Demand that these go back to what they ran before. */
  | { readonly kind: 'take_back'; readonly entities: readonly string[] }
  /** End for this deployment, which is more urgent; what is half-way goes back. */
  | { readonly kind: 'give_way'; readonly to: string }
  | { readonly kind: 'end'; readonly status: DeploymentEnd; readonly notes: string };

/** A deployment as far as it has come, and what is to be done next. */
export interface FollowedDeployment {
  readonly deployment: Deployment;
  readonly move: Move;
}

/**
 * Works out how far a deployment has come by what is known of its entities, and the one next move. A
 * wave begins when all before it are healthy or skipped, and still are; where one fails, those that no
 * plan has gone out for are stopped, what is under way is followed to its end, and no later wave
 * begins. What goes by steps goes on with the next once the one before did well, and is taken back from
 * wherever it stands when that or anything else of the deployment fails. Half-way it gives way to what is
 * more urgent. What is recalled before it has gone out has failed, also in line. Asked again with the same
 * facts, it answers the same.
 */
export function followDeployment(stored: Deployment, facts: DeploymentFacts): FollowedDeployment {
  if (stored.queued && facts.recall !== undefined) return recalledInLine(stored, facts);
  if (stored.queued && facts.ahead !== undefined) {
    const message = `deployment ${facts.ahead} of the same service is under way there`;
    const queue: Wait = { code: 'queued', message, data: { deployment: facts.ahead } };
    return { deployment: stored, move: { kind: 'wait', for: [queue] } };
  }
  const recalled = recalledOf(stored, facts);
  const targets = halted(
    stored.targets.map((target) => {
      const known = factsOf(target, facts);
      const next = progressOf(stillAsked(target, facts.now), known, recalled);
      return lookedAtAgain(next, known, facts.now);
    }),
    facts,
    recalled,
  );
  const backup = backupOf(stored.backup, facts);
  const deployment = stepOn({ ...stored, queued: false, targets, backup }, facts);
  const move = moveOf(deployment, facts);
  const { urgent } = facts;
  if (urgent === undefined || !mayGiveWay(deployment)) return { deployment, move };
  return { deployment, move: { kind: 'give_way', to: urgent } };
}

/** It ends where it stands: nothing was said of it to anybody, and no break-glass is opened for it. */
function recalledInLine(stored: Deployment, facts: DeploymentFacts): FollowedDeployment {
  const recalled = recalledOf(stored, facts);
  const targets = stored.targets.map((target) => progressOf(target, UNKNOWN, recalled));
  const deployment = { ...stored, targets };
  return { deployment, move: endMove(deployment) };
}

/** Of a version that is recalled, that it is and by whom. */
function recalledOf({ toVersion }: Deployment, { recall }: DeploymentFacts): string | undefined {
  return recall && tellRecalled(toVersion, recall);
}

/** Nothing stays half-way where it failed elsewhere, where its spoke is lost, or once it is recalled. */
function halted(
  targets: readonly DeploymentTarget[],
  facts: DeploymentFacts,
  recalled: string | undefined,
): readonly DeploymentTarget[] {
  const failed = targets.some(hasFailed);
  return targets.map((target) => {
    if (!isHalfWay(target)) return target;
    const isLost = factsOf(target, facts).spoke === 'lost';
    const why = isLost ? 'its spoke is lost' : recalled;
    const stopped = why ?? (failed ? 'it failed elsewhere' : undefined);
    return stopped === undefined ? target : { ...target, state: 'deployed', stopped };
  });
}

function hasFailed({ state, stopped }: DeploymentTarget): boolean {
  return FAILURES.includes(state) || stopped !== undefined;
}

function moveOf(deployment: Deployment, facts: DeploymentFacts): Move {
  const { targets } = deployment;
  const waiting = targets.filter(({ state }) => state === 'waiting');
  const under = targets.filter((target) => !isOver(target) && target.state !== 'waiting');
  const started = under.filter(({ state }) => state === 'started');
  if (targets.some(hasFailed)) {
    const idle = [...started, ...waiting];
    if (idle.length > 0) return { kind: 'stop', entities: idle.map(nameOf), ...NOT_STARTED };
  }
  const halt = skipMove(started, facts);
  if (halt !== undefined) return halt;
  if (under.length > 0) return lookMove(under, facts) ?? waitMove(under, facts);
  if (waiting.length === 0) return endMove(deployment);
  const wave = Math.min(...waiting.map((target) => target.wave));
  const next = waiting.filter((target) => target.wave === wave);
  return skipMove(next, facts) ?? { kind: 'start', entities: next.map(nameOf) };
}

const NOT_STARTED = {
  state: 'not_started',
  note: 'it failed elsewhere first, so nothing was deployed there',
} as const;

const FAILURES: readonly DeploymentTarget['state'][] = ['failed', 'rolled_back', 'rolling_back'];

/** Where a spoke is lost, what has not gone out does not. */
function skipMove(idle: readonly DeploymentTarget[], facts: DeploymentFacts): Move | undefined {
  const lost = idle.filter((target) => factsOf(target, facts).spoke === 'lost');
  if (lost.length === 0) return undefined;
  const note = 'its spoke is lost, so nothing was deployed there';
  return { kind: 'stop', entities: lost.map(nameOf), state: 'skipped', note };
}

/** Each is looked at from its own success on, however long others of its wave take. */
function lookMove(under: readonly DeploymentTarget[], facts: DeploymentFacts): Move | undefined {
  const deployed = under.filter(({ state }) => state === 'deployed');
  const bad = deployed.filter(isBad);
  if (bad.length > 0) return { kind: 'take_back', entities: bad.map(nameOf) };
  const good = deployed.filter(({ looks }) => verdictOf(looks) === 'healthy');
  if (good.length > 0) return { kind: 'advance', entities: good.map(nameOf) };
  const now = facts.now.toISOString();
  const due = deployed.filter((target) => {
    const at = lookAt(target, facts);
    return at !== undefined && at <= now;
  });
  return due.length === 0 ? undefined : { kind: 'look', entities: due.map(nameOf) };
}

function isBad({ looks, stopped }: DeploymentTarget): boolean {
  return stopped !== undefined || verdictOf(looks) === 'unhealthy';
}

function waitMove(under: readonly DeploymentTarget[], facts: DeploymentFacts): Move {
  const waits = under.flatMap((target) => waitsOf(target, factsOf(target, facts)));
  const [until] = under.flatMap((target) => lookAt(target, facts) ?? []).sort();
  return { kind: 'wait', for: waits, ...(until !== undefined && { until }) };
}

function lookAt(target: DeploymentTarget, facts: DeploymentFacts): string | undefined {
  return nextLookOf(target, factsOf(target, facts), facts);
}

/** The worst of what became of its entities. */
function endMove(deployment: Deployment): Move {
  const states = new Set(deployment.targets.map(({ state }) => state));
  const status = endOf(states);
  return { kind: 'end', status, notes: tellEnd(deployment, status) };
}

function endOf(states: ReadonlySet<DeploymentTarget['state']>): DeploymentEnd {
  if (states.has('failed')) return 'failed';
  if (states.has('rolled_back')) return 'rolled_back';
  return states.has('healthy') ? 'completed' : 'failed';
}

/**
 * What is required is kept while no backup that was asked for is missing, and no plan waits for one: where
 * something else runs by now, what was kept before is no backup of that.
 */
function backupOf(backup: DeploymentBackup, { targets }: DeploymentFacts): DeploymentBackup {
  if (backup === 'none' || backup === 'skipped') return backup;
  const known = [...targets.values()];
  if (known.some(({ plan }) => plan !== undefined && waitsForBackup(plan))) return 'required';
  const asked = known.flatMap((one) => one.backup ?? []);
  if (asked.length === 0) return backup;
  return asked.every(({ status }) => status === 'done') ? 'kept' : 'required';
}

function waitsForBackup(plan: FollowedPlan): boolean {
  return isToGo(plan) && plan.violations.some(({ code }) => code === 'backup');
}

/** Statuses are never gone back to: one that waits again keeps the furthest that it had. */
function stepOn(deployment: Deployment, facts: DeploymentFacts): Deployment {
  const reached = deployment.targets
    .map((target) => statusOf(target, factsOf(target, facts)))
    .reduce(furtherOf, deployment.status);
  const isLookedAt = isBrought(deployment);
  const backsUp = [...facts.targets.values()].some(({ backup }) => backup !== undefined);
  return ON_THE_WAY.filter((one) => one !== 'backing_up' || backsUp)
    .filter((one) => furtherOf(one, reached) === reached || (one === 'health_check' && isLookedAt))
    .reduce((one, next) => passThrough(one, next, facts.now), deployment);
}

/** What a deployment has been through before it ends, also where nobody looked just then. */
const ON_THE_WAY = ['pre_checks', 'backing_up', 'deploying', 'health_check'] as const;

function passThrough(deployment: Deployment, status: DeploymentStatus, now: Date): Deployment {
  if (!mayBecome(deployment.status, status)) return deployment;
  return stepTo(deployment, status, now.toISOString());
}

/** Nothing is left to bring. */
function isBrought({ targets }: Deployment): boolean {
  const isUnderWay = (target: DeploymentTarget): boolean =>
    ['waiting', 'started', 'executing'].includes(target.state) ||
    (target.state === 'deployed' && !isAtLastStep(target));
  return !targets.some(isUnderWay) && targets.some(({ state }) => state === 'deployed');
}

/** What one entity says of the status of all; also where it has come to its end since anybody looked. */
function statusOf(target: DeploymentTarget, { plan, backup }: TargetFacts): DeploymentStatus {
  const { state } = target;
  // No plan was checked, and nothing is deployed: what runs there is looked at.
  if (state === 'deployed' && ranAlready(target)) return 'pending';
  if (state === 'executing' || state === 'deployed' || state === 'rolling_back') return 'deploying';
  if (isMidway(target) || (plan !== undefined && hasGoneOut(plan))) return 'deploying';
  if (backup !== undefined) return 'backing_up';
  if (state !== 'started' || plan === undefined || !isToGo(plan)) return 'pending';
  const waits = plan.violations.some(({ code }) => code !== 'backup');
  return waits ? 'pending' : 'pre_checks';
}

function hasGoneOut(plan: FollowedPlan): boolean {
  return !isToGo(plan) && plan.state !== 'CANCELLED';
}

function factsOf({ entity }: DeploymentTarget, { targets }: DeploymentFacts): TargetFacts {
  return targets.get(entity) ?? UNKNOWN;
}

/** Of what nothing is known, nothing is concluded. */
const UNKNOWN: TargetFacts = {
  spoke: 'silent',
  runsIt: false,
  health: { healthy: false, detail: 'nothing was reported of it' },
};

function nameOf({ entity }: DeploymentTarget): string {
  return entity;
}
