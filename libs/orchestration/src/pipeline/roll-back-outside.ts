import {
  type AskedOutside,
  type Deployment,
  hasEnded,
  type Refusal,
  refusal,
} from '@apollo-deploy/domain';
import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import type { WantedBackup } from '../backups/run-backups.js';
import { addConstraintIn, removeConstraint } from '../constraints/add-constraint.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { acceptedOutside, failedOutside } from './outside-answer.js';
import { backUpFirst } from './outside-backups.js';
import { leaveToEngine, type OutsideErrand } from './outside-errand.js';
import { outsideReadiness } from './outside-readiness.js';
import { type DeploymentRequest, requestDeploymentIn } from './request-deployment.js';
import type { RollbackProvider } from './rollback-provider.js';
import { saveDeployment } from './save-deployment.js';
import { inTurn } from './turns.js';

/** What is kept before anybody is asked. */
interface Begun {
  readonly deployment: Deployment;
  /** The id of what keeps everything from its entities; absent = there is nothing to be asked for. */
  readonly suppression?: string;
  /** What is to be kept before anybody is asked. */
  readonly backups?: readonly WantedBackup[];
}

const KIND = 'suppression_window';

/** So long nothing moves at most, should nobody tell how it came out. */
const SUPPRESSED_MS = 30 * 60_000;

/**
 * Has somebody else take a service back who is configured to, where nothing else holds it
 * (`outsideReadiness`); what may not go out now is left to the engine. The deployment is kept first, and
 * all is kept from its entities, repairs too, which would undo what they do; then what runs is backed up
 * where it must be, and they are asked, once. Without its backup the deployment has failed, and nobody is
 * asked. Should this hub end meanwhile, the deployment is looked at as soon as its spokes have seen the
 * version, and the engine brings it after half an hour at most. What they brought is looked at as what a
 * plan brought. Accepted, the engine sees at once that it comes about. Refused (`rollback/outside_failed`),
 * the deployment has failed, and things go on as before; where nobody answered, as it may have been done,
 * only after half an hour. Refused with `deployment/in_progress` while another one is under way there.
 * Nobody is asked for what runs already.
 */
export async function rollBackOutside(
  errand: OutsideErrand,
  environment: string,
  wanted: (unit: UnitOfWork) => Promise<Result<DeploymentRequest, Refusal>>,
): Promise<Result<Deployment, Refusal>> {
  const { context, provider, principal } = errand;
  const begun = await inTurn(context, environment, () =>
    context.store.transact((unit) => begin(errand, unit, wanted)),
  );
  if (!begun.ok) return begun;
  const { deployment, suppression, backups = [] } = begun.value;
  if (suppression === undefined) return ok(deployment);
  const kept = await backUpFirst(errand, { deployment, suppression }, backups);
  if (kept !== undefined) {
    await removeConstraint(context, principal, suppression, { kind: KIND });
    return ok(kept);
  }
  const { service, toVersion: targetVersion, reason } = deployment;
  const answer = await provider.rollBack({
    ...{ service, targetVersion },
    ...(reason !== undefined && { reason }),
  });
  const settled = await context.store.transact((unit) =>
    answer.ok
      ? acceptedOutside(errand, unit, deployment)
      : failedOutside(errand, unit, { deployment, suppression }, answer.error),
  );
  // Its end is written by now, so that nothing goes out that it is taken back from.
  if (settled.ok || (!answer.ok && answer.error.outcome === 'refused')) {
    await removeConstraint(context, principal, suppression, { kind: KIND });
  }
  return settled;
}

async function begin(
  errand: OutsideErrand,
  unit: UnitOfWork,
  wanted: (unit: UnitOfWork) => Promise<Result<DeploymentRequest, Refusal>>,
): Promise<Result<Begun, Refusal>> {
  const { context, provider, principal, tools } = errand;
  const asked = await wanted(unit);
  if (!asked.ok) return asked;
  const { service, environment } = asked.value;
  const [other] = await unit.deployments.underWayAt([{ service, environment }]);
  if (other !== undefined) return err(inProgress(other.id, provider));
  const made = await requestDeploymentIn(context, unit, principal, asked.value, tools);
  if (!made.ok) return made;
  if (hasEnded(made.value.status)) return ok({ deployment: made.value });
  const { unmet, backups } = await outsideReadiness(context, unit, made.value);
  if (unmet.length > 0)
    return ok({ deployment: await leaveToEngine(errand, unit, made.value, unmet) });
  const now = errand.context.clock.now();
  const until = new Date(now.getTime() + SUPPRESSED_MS).toISOString();
  const suppression = await suppress(errand, unit, made.value, { now, until });
  const deployment = await mark(unit, made.value, { by: provider.name, until });
  return ok({ deployment, suppression, backups });
}

/** Notes at the entities that are not there yet who was asked to bring them. */
async function mark(
  unit: UnitOfWork,
  deployment: Deployment,
  outside: AskedOutside,
): Promise<Deployment> {
  const targets = deployment.targets.map((target) =>
    target.state === 'waiting' || target.state === 'started' ? { ...target, outside } : target,
  );
  return saveDeployment(unit, { ...deployment, targets });
}

/** Lets nothing go to the entities of a deployment, whatever it is for; answers by which constraint. */
async function suppress(
  { context, provider, principal }: OutsideErrand,
  unit: UnitOfWork,
  { service, environment, toVersion, targets }: Deployment,
  { now, until }: { readonly now: Date; readonly until: string },
): Promise<string> {
  const reason = `${provider.name} takes ${service} back to ${toVersion}`;
  const added = await addConstraintIn(context, unit, principal, {
    kind: KIND,
    spec: { start: now.toISOString(), end: until, reason, hard: true },
    scope: { environments: [environment], entities: targets.map(({ entity }) => entity) },
  });
  if (!added.ok) throw new InvariantViolation(added.error.detail);
  return added.value.id;
}

function inProgress(id: string, { name }: RollbackProvider): Refusal {
  return refusal(
    'deployment/in_progress',
    `deployment ${id} is under way there, and ${name} would change the same; wait until it has ended (GET /api/v1/deployments/${id})`,
    { data: { deployment: id } },
  );
}
