import { InvariantViolation } from '@apollo-deploy/kernel';

/** In the order in which a deployment goes through them; the last three end it. */
export const DEPLOYMENT_STATUSES = [
  'pending',
  'pre_checks',
  'backing_up',
  'deploying',
  'health_check',
  'completed',
  'failed',
  'rolled_back',
] as const;
export type DeploymentStatus = (typeof DEPLOYMENT_STATUSES)[number];

const ENDS = ['completed', 'failed', 'rolled_back'] as const;
export type DeploymentEnd = (typeof ENDS)[number];

/** Nothing becomes of it any more. */
export function hasEnded(status: DeploymentStatus): status is DeploymentEnd {
  return (ENDS as readonly DeploymentStatus[]).includes(status);
}

/** A status may be passed over and is never gone back to; an end is reached from everywhere and stays. */
export function mayBecome(from: DeploymentStatus, to: DeploymentStatus): boolean {
  if (hasEnded(from)) return false;
  return hasEnded(to) || rank(to) > rank(from);
}

/** A status with the moment (RFC 3339) at which it was reached. */
export interface DeploymentStep {
  readonly status: DeploymentStatus;
  readonly at: string;
}

interface Stepping {
  readonly id: string;
  readonly status: DeploymentStatus;
  readonly steps: readonly DeploymentStep[];
}

/**
 * The same deployment in a further status, with the step on record; itself where it has that status.
 * Throws `InvariantViolation` for a status that it may not have after its own.
 */
export function stepTo<D extends Stepping>(deployment: D, status: DeploymentStatus, at: string): D {
  if (deployment.status === status) return deployment;
  if (!mayBecome(deployment.status, status)) {
    throw new InvariantViolation(
      `deployment ${deployment.id} cannot become ${status} after ${deployment.status}`,
    );
  }
  return { ...deployment, status, steps: [...deployment.steps, { status, at }] };
}

/** Of two statuses of a deployment under way the further one. */
export function furtherOf(one: DeploymentStatus, other: DeploymentStatus): DeploymentStatus {
  return rank(other) > rank(one) ? other : one;
}

function rank(status: DeploymentStatus): number {
  return DEPLOYMENT_STATUSES.indexOf(status);
}
