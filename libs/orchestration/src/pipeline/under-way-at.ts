import { type Deployment, followDeployment, mayGiveWay, onlyWaits } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { DeploymentPlace } from '../ports/deployment-repository.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import type { FollowTools } from './follow-tools.js';
import { loadDeploymentFacts } from './load-deployment-facts.js';

/** One that has not ended. */
export interface UnderWay {
  readonly stored: Deployment;
  /** As far as it has come by what is known now; not stored. */
  readonly deployment: Deployment;
  /** It only waits, so that a newer one may take its place. */
  readonly onlyWaits: boolean;
  /** Its strategy is half-way, and gives way to what is more urgent. */
  readonly mayGiveWay: boolean;
  /** Nothing is left to do but to end it. */
  readonly ends: boolean;
}

/** What is under way at a place: at most one that has begun, and one that waits behind it. */
export async function underWayAt(
  context: Context,
  unit: UnitOfWork,
  place: DeploymentPlace,
  { settlingMs }: FollowTools,
): Promise<readonly UnderWay[]> {
  const found: UnderWay[] = [];
  for (const stored of await unit.deployments.underWayAt([place])) {
    const facts = await loadDeploymentFacts(context, unit, stored, settlingMs);
    const followed = followDeployment(stored, facts);
    const { deployment, move } = followed;
    found.push({
      ...{ stored, deployment },
      onlyWaits: stored.queued || onlyWaits(followed),
      mayGiveWay: !stored.queued && mayGiveWay(deployment),
      ends: move.kind === 'end',
    });
  }
  return found;
}
