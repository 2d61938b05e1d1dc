import { type Deployment, hasEnded, type Refusal, refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { askForBackups, type WantedBackup } from '../backups/run-backups.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { acceptedOutside, failedOutside } from './outside-answer.js';
import { backUpFirst, type Begun, keepingMs } from './outside-backups.js';
import { leaveToEngine, type OutsideErrand, markAsked, markToBeAsked } from './outside-errand.js';
import { outsideReadiness } from './outside-readiness.js';
import { type DeploymentRequest, requestDeploymentIn } from './request-deployment.js';
import type { RollbackProvider } from './rollback-provider.js';
import { inTurn } from './turns.js';

/**
 * Has somebody else take a service back who is configured to, where nothing else holds it
 * (`outsideReadiness`); what may not go out now is left to the engine. The deployment is kept first, and
 * all is kept from its entities, repairs too, which would undo what they do; then what runs is backed up
 * where it must be, and they are asked, once. Without its backup the deployment has failed, and nobody is
 * asked. Should this hub end meanwhile, what is kept of them stays true (`AskedOutside`): where they were
 * not asked yet, the engine brings it (`keepingMs`); where they may have been, the deployment is looked at
 * as soon as its spokes have seen the version, and the engine brings it after half an hour at most. What
 * they brought is looked at as what a plan brought. Accepted, the engine sees at once that it comes about. Refused (`rollback/outside_failed`),
 * the deployment has failed, and things go on as before; where nobody answered, as it may have been done,
 * only after half an hour. Refused with `deployment/in_progress` while another one is under way there.
 * Nobody is asked for what runs already.
 */
export async function rollBackOutside(
  errand: OutsideErrand,
  environment: string,
  wanted: (unit: UnitOfWork) => Promise<Result<DeploymentRequest, Refusal>>,
): Promise<Result<Deployment, Refusal>> {
  const { context, provider } = errand;
  const begun = await inTurn(context, environment, () =>
    context.store.transact((unit) => begin(errand, unit, wanted)),
  );
  if (!begun.ok) return begun;
  if (!begun.value.isTheirs) return ok(begun.value.deployment);
  const { deployment, isTheirs } = await backUpFirst(errand, begun.value, begun.value.backups);
  if (!isTheirs) return ok(deployment);
  const { id, service, toVersion: targetVersion, reason } = deployment;
  const answer = await provider.rollBack({
    ...{ id, service, targetVersion },
    ...(reason !== undefined && { reason }),
  });
  return context.store.transact((unit) =>
    answer.ok
      ? acceptedOutside(errand, unit, deployment)
      : failedOutside(errand, unit, deployment, answer.error),
  );
}

async function begin(
  errand: OutsideErrand,
  unit: UnitOfWork,
  wanted: (unit: UnitOfWork) => Promise<Result<DeploymentRequest, Refusal>>,
): Promise<Result<Begun & { readonly backups: readonly WantedBackup[] }, Refusal>> {
  const { context, provider, principal, tools } = errand;
  const request = await wanted(unit);
  if (!request.ok) return request;
  const { service, environment } = request.value;
  const [other] = await unit.deployments.underWayAt([{ service, environment }]);
  if (other !== undefined) return err(inProgress(other.id, provider));
  const made = await requestDeploymentIn(context, unit, principal, request.value, tools);
  if (!made.ok) return made;
  const ours = { isTheirs: false, backups: [] };
  if (hasEnded(made.value.status)) return ok({ deployment: made.value, ...ours });
  const { unmet, backups } = await outsideReadiness(context, unit, made.value);
  if (unmet.length > 0) {
    return ok({ deployment: await leaveToEngine(errand, unit, made.value, unmet), ...ours });
  }
  if (backups.length === 0) {
    return ok({ deployment: await markAsked(errand, unit, made.value), isTheirs: true, backups });
  }
  const asked = await askForBackups(context, unit, backups);
  const later = await markToBeAsked(errand, unit, made.value, keepingMs(backups.length));
  return ok({ deployment: later, isTheirs: true, backups: asked });
}

function inProgress(id: string, { name }: RollbackProvider): Refusal {
  return refusal(
    'deployment/in_progress',
    `deployment ${id} is under way there, and ${name} would change the same; wait until it has ended (GET /api/v1/deployments/${id})`,
    { data: { deployment: id } },
  );
}
