import {
  type Deployment,
  type DeploymentTarget,
  type Entity,
  isAtLastStep,
  type Plan,
  ranAlready,
  verdictOf,
} from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { isRollback } from './is-rollback.js';
import { isStillDesired } from './is-still-desired.js';
import { reportedReleaseOf } from './reported-release.js';

/** What a deployment brought stays desired at an entity although it failed there. */
export interface StaysBrought {
  /** Its plan SUCCEEDED: it is there as a whole. */
  readonly succeeded: boolean;
  /** Why, where nothing else tells it, and what can be done, in a sentence for people. */
  readonly why?: string;
}

/**
 * Whether what a deployment brought stays desired at an entity where it failed; `undefined` = it does not.
 * It does where its plan SUCCEEDED and nobody has seen that it does badly; where it went back to that, from
 * what was given up, be it by somebody else; where the environment is set not to roll back; and where it
 * was installed first, as evidence. Nothing stays that has touched nothing, is half-way, or that somebody
 * has changed since.
 */
export async function staysBrought(
  unit: UnitOfWork,
  deployment: Deployment,
  target: DeploymentTarget,
): Promise<StaysBrought | undefined> {
  const { planId } = target;
  if (!hasFailedWhole(target)) return undefined;
  const entity = await unit.entities.get(target.entity);
  if (entity === undefined || !isStillDesired(deployment, target, entity)) return undefined;
  if (planId === undefined) return withoutPlan(deployment, target);
  const plan = await unit.plans.get(planId);
  if (plan === undefined || !hasTouched(plan)) return undefined;
  const succeeded = plan.state === 'SUCCEEDED';
  if (succeeded && isGood(deployment, target, plan)) return { succeeded };
  if (isFirst(target, plan)) return { succeeded, why: tellFirst(deployment) };
  const environment = await unit.environments.get(deployment.environment);
  if (environment?.rollbackOnFailure !== false) return undefined;
  return { succeeded, why: tellNotTakenBack(deployment, await seenAt(unit, entity)) };
}

/** What ran there already is not taken away where nothing was desired before. */
function withoutPlan(deployment: Deployment, target: DeploymentTarget): StaysBrought | undefined {
  if (target.outside?.seen === true) return { succeeded: true };
  if (!ranAlready(target) || target.before !== null) return undefined;
  return { succeeded: false, why: tellFirst(deployment) };
}

/** Not half-way. */
function hasFailedWhole(target: DeploymentTarget): boolean {
  return target.state === 'failed' && target.stopped === undefined && isAtLastStep(target);
}

function hasTouched({ state, outcome }: Plan): boolean {
  return state === 'SUCCEEDED' || (state === 'FAILED' && outcome !== 'refused');
}

function isGood(deployment: Deployment, target: DeploymentTarget, plan: Plan): boolean {
  return isRollback(deployment, target, plan) || verdictOf(target.looks) !== 'unhealthy';
}

/** What was to be nowhere before. */
function isFirst({ before }: DeploymentTarget, { type }: Plan): boolean {
  return before === null || (before !== undefined && 'absent' in before && type === 'install');
}

/** How what runs does, as its spoke saw last. */
async function seenAt(unit: UnitOfWork, entity: Entity): Promise<string> {
  const release = await reportedReleaseOf(unit, entity);
  if (release === undefined) return `spoke ${entity.spoke} has not said what runs there`;
  if (release === null) return 'nothing is installed there';
  return `${release.version} is ${release.helmStatus} and ${release.health} there`;
}

function tellFirst(deployment: Deployment): string {
  return `${wishOf(deployment)} is still desired, as there was nothing before; set it absent to remove what is there`;
}

function tellNotTakenBack(deployment: Deployment, seen: string): string {
  return `environment ${deployment.environment} takes nothing back by itself (rollbackOnFailure), so ${wishOf(deployment)} is still desired, and ${seen}; see what is wrong with it, or say what is to run: POST /rollback, or a version with POST /deploy, /promote or /hotfix`;
}

function wishOf({ wish }: Deployment): string {
  return 'version' in wish ? wish.version : `what channel ${wish.channel} brings`;
}
