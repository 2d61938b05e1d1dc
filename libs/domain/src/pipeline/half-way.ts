import { isAtLastStep, isMidway } from '../strategies/target-rollout.js';
import type { Deployment, DeploymentTarget } from './deployment.js';

/** A step of its strategy was brought there, more is to come, and nothing has stopped it. */
export function isHalfWay(target: DeploymentTarget): boolean {
  if (target.stopped !== undefined) return false;
  if (target.state === 'started') return isMidway(target);
  return target.state === 'deployed' && !isAtLastStep(target);
}

/**
 * Whether a deployment gives way to a hotfix or a rollback: its strategy is half-way somewhere, and
 * nothing of it executes or goes back. What stands half-way is to be taken back then.
 */
export function mayGiveWay({ targets }: Pick<Deployment, 'targets'>): boolean {
  const rests = !targets.some(({ state }) => state === 'executing' || state === 'rolling_back');
  return rests && targets.some(isHalfWay);
}
