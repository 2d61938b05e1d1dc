import { isMidway } from '../strategies/target-rollout.js';
import type { Deployment, DeploymentTarget, TargetState } from './deployment.js';
import type { FollowedDeployment } from './follow-deployment.js';

/** At an entity in one of these it is not known yet what is going to run there, or it is known to be bad. */
const UNSETTLED: readonly TargetState[] = [
  'executing',
  'deployed',
  'rolling_back',
  'rolled_back',
  'failed',
];

/**
 * Whether a newer deployment may take the place of one: it only waits, be it between two waves. One that
 * executes, is looked at, goes back, is half-way at an entity, is being brought by somebody else or is
 * about to end is waited behind.
 */
export function onlyWaits({ deployment, move }: FollowedDeployment): boolean {
  const isAtWork = (target: DeploymentTarget): boolean =>
    isUnsettled(target) || target.outside?.until !== undefined;
  return move.kind !== 'end' && !deployment.targets.some(isAtWork);
}

/** Whether a plan of it has gone out anywhere, or something runs there that it was to bring. */
export function hasBegun({ targets }: Pick<Deployment, 'targets'>): boolean {
  return targets.some((target) => target.state === 'healthy' || isUnsettled(target));
}

function isUnsettled(target: DeploymentTarget): boolean {
  return UNSETTLED.includes(target.state) || (target.state === 'started' && isMidway(target));
}
