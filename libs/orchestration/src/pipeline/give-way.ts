import { type Deployment, type DeploymentTarget, isHalfWay, tellStep } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { endDeployment } from './end-deployment.js';
import { takeBack } from './take-back.js';

/** What takes the place of another deployment. */
type Newcomer = Pick<Deployment, 'id' | 'kind'>;

/** Whether a deployment waits for no strategy to come to its end. */
export function isUrgent({ kind }: Pick<Deployment, 'kind'>): boolean {
  return kind === 'hotfix' || kind === 'rollback';
}

/**
 * Ends a deployment of which nothing executes, as a newer one takes its place. What its strategy has
 * brought half-way is to go back to what ran before; where the newer one says right away what is to run,
 * that comes at once instead. The caller saves it.
 */
export async function giveWay(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
  newcomer: Newcomer,
): Promise<Deployment> {
  const why = whyItEnds(deployment, newcomer);
  const targets: DeploymentTarget[] = [];
  for (const target of deployment.targets) {
    targets.push(isHalfWay(target) ? await undone(context, unit, deployment, target, why) : target);
  }
  const notes = `${why} ${whatStays(deployment)}`;
  const ended = await endDeployment(
    context,
    unit,
    { ...deployment, targets },
    { status: 'failed', notes },
  );
  return { ...ended, supersededBy: newcomer.id };
}

function whyItEnds({ targets }: Deployment, { id, kind }: Newcomer): string {
  const half = targets.find(isHalfWay);
  return half === undefined
    ? `deployment ${id} took its place`
    : `it gave way to ${kind} ${id}${tellStep(half)}`;
}

/** It is over there; that it goes back is not its own any more. */
async function undone(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
  target: DeploymentTarget,
  why: string,
): Promise<DeploymentTarget> {
  const back = await takeBack(context, unit, deployment, { ...target, stopped: why });
  return { ...back, state: 'failed' };
}

function whatStays({ targets, toVersion }: Deployment): string {
  const brought = targets.filter(({ state }) => state === 'healthy').map(({ entity }) => entity);
  if (brought.length > 0) {
    return `while it waited; ${toVersion} stays at ${brought.join(' and ')} until that changes it`;
  }
  return targets.some(isHalfWay)
    ? 'with nothing of it under way'
    : 'before anything of it had gone out';
}
