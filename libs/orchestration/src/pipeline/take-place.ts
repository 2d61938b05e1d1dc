import { type Deployment, refusal, type Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import type { DeploymentPlace } from '../ports/deployment-repository.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import type { FollowTools } from './follow-tools.js';
import { giveWay, isUrgent } from './give-way.js';
import { saveDeployment } from './save-deployment.js';
import { stepDeployment } from './step-deployment.js';
import { type UnderWay, underWayAt } from './under-way-at.js';

interface Newcomer extends DeploymentPlace, Pick<Deployment, 'id' | 'kind'> {
  readonly onConflict?: 'wait' | 'refuse';
}

/**
 * Makes room for a deployment: what is over at its place is ended; what only waits gives way, and to a hotfix
 * or a rollback also a strategy that is half-way; what executes is waited behind.
 * Call it under the lock of the environment, so that no plan goes out meanwhile.
 */
export async function takePlace(
  context: Context,
  unit: UnitOfWork,
  newcomer: Newcomer,
  tools: FollowTools,
): Promise<Result<'free' | 'queued', Refusal>> {
  const others = await endOver(context, unit, newcomer, tools);
  const [first] = others;
  if (first !== undefined && newcomer.onConflict === 'refuse') return err(inProgress(first.stored));
  let place: 'free' | 'queued' = 'free';
  for (const { deployment, onlyWaits, mayGiveWay } of others) {
    if (!onlyWaits && !(mayGiveWay && isUrgent(newcomer))) {
      place = 'queued';
      continue;
    }
    await saveDeployment(unit, await giveWay(context, unit, deployment, newcomer));
  }
  return ok(place);
}

/** Nobody waits behind what is over, and has only not been looked at since. Answers what goes on. */
async function endOver(
  context: Context,
  unit: UnitOfWork,
  place: DeploymentPlace,
  tools: FollowTools,
): Promise<readonly UnderWay[]> {
  const others: UnderWay[] = [];
  for (const one of await underWayAt(context, unit, place, tools)) {
    if (one.ends) await stepDeployment(context, unit, one.stored.id, tools);
    else others.push(one);
  }
  return others;
}

function inProgress({ id, service, environment, status }: Deployment): Refusal {
  return refusal(
    'deployment/in_progress',
    `deployment ${id} of ${service} to ${environment} is under way (${status}); wait until it has ended (GET /api/v1/deployments/${id}), or ask without on_conflict to take its place or wait behind it`,
    { data: { deployment: id, status } },
  );
}
