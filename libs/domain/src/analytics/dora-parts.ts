import type { Deployment, DeploymentTarget } from '../pipeline/deployment.js';
import type { DeploymentStatus } from '../pipeline/deployment-lifecycle.js';

/** What counts as one: a whole deployment, or each of its waves or spokes by itself. */
export const DORA_UNITS_OF = ['deployment', 'wave', 'spoke'] as const;
export type DoraUnitOf = (typeof DORA_UNITS_OF)[number];

/** Which part of each deployment figures are about; both absent: the whole. */
export interface DoraPartName {
  /** 0 = the first. */
  readonly wave?: number;
  readonly spoke?: string;
}

/** A part of a deployment, told as if it were one. */
export interface DoraPart extends DoraPartName {
  readonly deployment: Deployment;
}

/**
 * The parts of a deployment by what counts as one. A part begins when what is to run was said at the
 * first of its entities. It has completed at the last good look at them, even if the deployment goes on
 * or fails elsewhere; all else of it ends with the deployment, and what was passed over or never begun has
 * touched nothing.
 */
export function doraParts(deployment: Deployment, by: DoraUnitOf): readonly DoraPart[] {
  if (by === 'deployment') return [{ deployment }];
  const groups = new Map<number | string, DeploymentTarget[]>();
  for (const target of deployment.targets) {
    const key = target[by];
    groups.set(key, [...(groups.get(key) ?? []), target]);
  }
  return [...groups].map(([key, targets]) => ({
    deployment: partOf(deployment, targets),
    ...(typeof key === 'number' ? { wave: key } : { spoke: key }),
  }));
}

function partOf(deployment: Deployment, targets: readonly DeploymentTarget[]): Deployment {
  const { endedAt: whole, steps, ...rest } = deployment;
  const status = statusOf(deployment, targets);
  const endedAt = status === 'completed' ? (lastLook(targets) ?? whole) : whole;
  const [began] = targets.flatMap(({ startedAt }) => startedAt ?? []).sort();
  return {
    ...{ ...rest, targets, status },
    steps: [
      ...steps.filter((step) => step.status === 'pending'),
      ...(began === undefined ? [] : [{ status: 'deploying', at: began } as const]),
    ],
    ...(endedAt !== undefined && { endedAt }),
  };
}

function statusOf(
  { status, endedAt }: Deployment,
  targets: readonly DeploymentTarget[],
): DeploymentStatus {
  const states = new Set(targets.map(({ state }) => state));
  if (targets.every(({ state }) => state === 'healthy')) return 'completed';
  if (endedAt === undefined) return status;
  if (states.has('failed')) return 'failed';
  if (states.has('rolled_back')) return 'rolled_back';
  return states.has('healthy') ? 'completed' : 'failed';
}

/** What runs already is not looked at. */
function lastLook(targets: readonly DeploymentTarget[]): string | undefined {
  const looks = targets.map((target) => target.looks.at(-1)?.at);
  return looks.includes(undefined) ? undefined : looks.sort().at(-1);
}
