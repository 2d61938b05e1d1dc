import {
  type AskedOutside,
  type BackupRecord,
  type Deployment,
  type DeploymentTarget,
  hasEnded,
  type Refusal,
  refusal,
} from '@apollo-deploy/domain';
import { err, InvariantViolation, type Json, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import { releaseSnapshots } from '../backups/release-snapshots.js';
import { makeBackup, type WantedBackup } from '../backups/run-backups.js';
import { addConstraintIn, removeConstraint } from '../constraints/add-constraint.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { endDeployment } from './end-deployment.js';
import type { FollowTools } from './follow-tools.js';
import { loadDeploymentFacts } from './load-deployment-facts.js';
import { outsideReadiness } from './outside-readiness.js';
import { type DeploymentRequest, requestDeploymentIn } from './request-deployment.js';
import type { NotRolledBack, RollbackProvider } from './rollback-provider.js';
import { saveDeployment } from './save-deployment.js';
import { inTurn } from './turns.js';

/** Everything that this is done with. */
interface Errand {
  readonly context: Context;
  readonly provider: RollbackProvider;
  readonly principal: Principal;
  readonly tools: FollowTools;
}

/** What is kept before anybody is asked. */
interface Begun {
  readonly deployment: Deployment;
  /** The id of what keeps everything from its entities; absent = there is nothing to be asked for. */
  readonly suppression?: string;
  /** What is to be kept before anybody is asked. */
  readonly backups?: readonly WantedBackup[];
}

type Asking = Required<Pick<Begun, 'deployment' | 'suppression'>>;

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
  errand: Errand,
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
  const kept = await backUp(errand, { deployment, suppression }, backups);
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
      ? accept(errand, unit, deployment)
      : fail(errand, unit, { deployment, suppression }, answer.error),
  );
  // Its end is written by now, so that nothing goes out that it is taken back from.
  if (settled.ok || (!answer.ok && answer.error.outcome === 'refused')) {
    await removeConstraint(context, principal, suppression, { kind: KIND });
  }
  return settled;
}

async function begin(
  errand: Errand,
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
  if (unmet.length > 0) return ok({ deployment: await leave(errand, unit, made.value, unmet) });
  const now = errand.context.clock.now();
  const until = new Date(now.getTime() + SUPPRESSED_MS).toISOString();
  const suppression = await suppress(errand, unit, made.value, { now, until });
  const deployment = await mark(unit, made.value, { by: provider.name, until });
  return ok({ deployment, suppression, backups });
}

/** The engine brings it: they are not asked. */
async function leave(
  errand: Errand,
  unit: UnitOfWork,
  deployment: Deployment,
  because: readonly string[],
): Promise<Deployment> {
  await recordAnswer(errand, unit, deployment, { asked: false, because });
  const started = deployment.targets.filter(({ state }) => state === 'started');
  // As a person asks for it, also where it was declined before.
  await unit.dirty.mark(
    started.map(({ entity }) => entity),
    true,
  );
  const targets = deployment.targets.map(({ outside: _, ...target }) => target);
  return saveDeployment(unit, { ...deployment, targets });
}

/**
 * Has what runs kept, and judges again, as that takes time. `undefined` = they are to be asked now; else
 * the deployment, which has ended or is left to the engine.
 */
async function backUp(
  errand: Errand,
  { deployment, suppression }: Asking,
  wanted: readonly WantedBackup[],
): Promise<Deployment | undefined> {
  const { context } = errand;
  if (wanted.length === 0) return undefined;
  const provider = context.backups ?? releaseSnapshots;
  for (const one of wanted) {
    await makeBackup(context, provider, one, (work) => context.store.transact(work));
  }
  return context.store.transact(async (unit) => {
    await unit.environments.lock(deployment.environment);
    const before = await stored(unit, deployment);
    if (hasEnded(before.status)) return before;
    const made = await unit.backups.getMany(wanted.map(({ request }) => request));
    const failed = made.filter(({ status }) => status === 'failed');
    if (failed.length > 0) return endUnbacked(errand, unit, before, failed);
    const { unmet } = await outsideReadiness(context, unit, before, suppression);
    return unmet.length === 0 ? undefined : leave(errand, unit, before, unmet);
  });
}

/** Nobody is asked without a backup, as nothing goes out without one. */
async function endUnbacked(
  { context }: Errand,
  unit: UnitOfWork,
  deployment: Deployment,
  failed: readonly BackupRecord[],
): Promise<Deployment> {
  const why = failed.map(({ entity, by, detail = 'it did not say why' }) => {
    return `${entity}: the backup by ${by} failed, so nothing was deployed: ${detail}`;
  });
  const targets = deployment.targets.map((target) =>
    target.state === 'started' ? { ...target, state: 'failed' as const } : target,
  );
  const end = { status: 'failed', notes: `failed: ${why.join('; ')}` } as const;
  return saveDeployment(unit, await endDeployment(context, unit, { ...deployment, targets }, end));
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
  { context, provider, principal }: Errand,
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

/** What has become of it meanwhile: they are not at it any more. */
async function accept(
  errand: Errand,
  unit: UnitOfWork,
  deployment: Deployment,
): Promise<Result<Deployment, Refusal>> {
  await unit.environments.lock(deployment.environment);
  await recordAnswer(errand, unit, deployment, { accepted: true });
  const before = await stored(unit, deployment);
  const unseen = hasEnded(before.status) ? [] : await unseenAt(errand, unit, before);
  // The engine tries what they have not brought, also where that was declined before.
  await unit.dirty.mark(unseen, true);
  return ok(await answered(unit, before));
}

async function answered(unit: UnitOfWork, deployment: Deployment): Promise<Deployment> {
  if (hasEnded(deployment.status)) return deployment;
  const targets = deployment.targets.map(({ outside, ...target }) => {
    if (outside === undefined) return target;
    const { until: _, ...rest } = outside;
    return { ...target, outside: rest };
  });
  return saveDeployment(unit, { ...deployment, targets });
}

/** The entities of a deployment under way of which no spoke has seen that they run what was asked for. */
async function unseenAt(
  { context, tools }: Errand,
  unit: UnitOfWork,
  deployment: Deployment,
): Promise<readonly string[]> {
  const facts = await loadDeploymentFacts(context, unit, deployment, tools.settlingMs);
  return deployment.targets
    .filter(({ state, entity }) => !SEEN.includes(state) && !facts.targets.get(entity)?.runsIt)
    .map(({ entity }) => entity);
}

const SEEN: readonly DeploymentTarget['state'][] = ['deployed', 'healthy', 'skipped'];

/** Ends it, unless it has ended by itself, or is looked at: what its spokes have seen counts. */
async function fail(
  errand: Errand,
  unit: UnitOfWork,
  { deployment, suppression }: Asking,
  { outcome, detail }: NotRolledBack,
): Promise<Result<Deployment, Refusal>> {
  const { context, provider } = errand;
  await unit.environments.lock(deployment.environment);
  const before = await stored(unit, deployment);
  await recordAnswer(errand, unit, deployment, { accepted: false, detail });
  if (hasEnded(before.status)) return ok(before);
  if ((await unseenAt(errand, unit, before)).length === 0) return ok(await answered(unit, before));
  const why = `${provider.name} rollback failed: ${detail}`;
  const ended = await endDeployment(context, unit, before, { status: 'failed', notes: why });
  await saveDeployment(unit, ended);
  const said = `${why}; ${whatNext(provider, outcome, suppression)}`;
  const data = { deployment: deployment.id, outcome };
  return err(refusal('rollback/outside_failed', said, { data }));
}

async function stored(unit: UnitOfWork, { id }: Deployment): Promise<Deployment> {
  const found = await unit.deployments.get(id);
  if (found === undefined) throw new InvariantViolation(`deployment ${id} is gone`);
  return found;
}

function recordAnswer(
  { context, provider, principal }: Errand,
  unit: UnitOfWork,
  { service, environment, toVersion: version }: Deployment,
  answer: Readonly<Record<string, Json>>,
): Promise<void> {
  return record(context, unit, principal, {
    action: 'rollback.outside',
    subject: `product/${service}`,
    detail: { by: provider.name, environment, version, ...answer },
  });
}

function whatNext(
  { name }: RollbackProvider,
  outcome: NotRolledBack['outcome'],
  suppression: string,
): string {
  return outcome === 'refused'
    ? `nothing was changed; see to ${name} and ask again`
    : `it may have been done, so nothing moves there for half an hour; see what runs, and lift that to ask again or to let things go on (DELETE /api/v1/suppressions/${suppression})`;
}

function inProgress(id: string, { name }: RollbackProvider): Refusal {
  return refusal(
    'deployment/in_progress',
    `deployment ${id} is under way there, and ${name} would change the same; wait until it has ended (GET /api/v1/deployments/${id})`,
    { data: { deployment: id } },
  );
}
