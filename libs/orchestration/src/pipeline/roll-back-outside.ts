import {
  deploymentId,
  type HeldContent,
  type Refusal,
  refusal,
  type Release,
  type StoredConstraint,
} from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import { addConstraint, removeConstraint } from '../constraints/add-constraint.js';
import type { Context } from '../context.js';
import { endHold } from '../engine/holds.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { loadService } from './load-service.js';
import type { NotRolledBack, RollbackProvider } from './rollback-provider.js';

/** Where a service is to go back, and to what. */
export interface RollbackAim {
  readonly environment: string;
  readonly release: Release;
  readonly reason?: string;
}

/** Everything that this is done with. */
interface Errand {
  readonly context: Context;
  readonly provider: RollbackProvider;
  readonly principal: Principal;
  readonly aim: RollbackAim;
}

const UNIQUE_LENGTH = 12;

/** So long nothing moves at most, should nobody tell how it came out. */
const SUPPRESSED_MS = 30 * 60_000;

/**
 * Has somebody else take a service back who is configured to: keeps everything from its entities first,
 * repairs too, which would undo what they do, and asks once. Accepted, what they were asked for is held,
 * and the caller makes sure that it comes about. Refused (`rollback/outside_failed`), things go on as
 * before; where nobody answered, as it may have been done, only after half an hour. Either is on record
 * as a deployment that failed. Refused with `deployment/in_progress` while another one is under way there.
 */
export async function rollBackOutside(errand: Errand): Promise<Result<void, Refusal>> {
  const { context, provider, principal, aim } = errand;
  const stopped = await stop(errand);
  if (!stopped.ok) return stopped;
  if (stopped.value === undefined) return ok(undefined);
  const { id } = stopped.value;
  const answer = await provider.rollBack({
    service: aim.release.product,
    targetVersion: aim.release.version,
    ...(aim.reason !== undefined && { reason: aim.reason }),
  });
  if (answer.ok) await context.store.transact((unit) => holdThere(errand, unit));
  // What is to be restored has changed by now, or has not been touched.
  if (answer.ok || answer.error.outcome === 'refused') {
    await removeConstraint(context, principal, id, { kind: KIND });
  }
  if (answer.ok) return ok(undefined);
  const { error } = answer;
  return err(await context.store.transact((unit) => fail(errand, unit, id, error)));
}

const KIND = 'suppression_window';

/** Lets nothing go to the entities of a service, whatever it is for; `undefined` = it has none there. */
async function stop(errand: Errand): Promise<Result<StoredConstraint | undefined, Refusal>> {
  const { context, provider, principal, aim } = errand;
  const { product: service, version } = aim.release;
  const found = await context.store.transact(async (unit) => {
    const [other] = await unit.deployments.underWayAt([{ service, environment: aim.environment }]);
    return { other, entities: await entitiesOf(errand, unit) };
  });
  if (found.other !== undefined) return err(inProgress(found.other.id, provider));
  if (found.entities.length === 0) return ok(undefined);
  const now = context.clock.now();
  const end = new Date(now.getTime() + SUPPRESSED_MS).toISOString();
  const reason = `${provider.name} takes ${service} back to ${version}`;
  return addConstraint(context, principal, {
    kind: KIND,
    spec: { start: now.toISOString(), end, reason, hard: true },
    scope: { environments: [aim.environment], entities: [...found.entities] },
  });
}

/** Holds the entities at what they were asked to go back to, where it is known how to restore it. */
async function holdThere(errand: Errand, unit: UnitOfWork): Promise<void> {
  const { context, provider, principal, aim } = errand;
  const { product: service, version } = aim.release;
  await unit.environments.lock(aim.environment);
  const why = `${provider.name} was asked to take ${service} back to ${version}, and does`;
  const entities = await entitiesOf(errand, unit);
  const baselines = await unit.baselines.ofEntities(entities);
  for (const before of await unit.holds.ofEntities(entities)) {
    await endHold(context, unit, principal, before, why);
  }
  for (const entity of entities) {
    const known = baselines.find((one) => one.entity === entity && one.version === version);
    if (known === undefined) continue;
    const { chart, values, valuesDigest } = known;
    const fixes: HeldContent = { version, chartSha256: chart.sha256, values, valuesDigest };
    await unit.holds.insert({
      ...{ id: context.ids.next(), entity, fixes, until: 'lifted', cause: 'person' },
      ...{ reason: why, by: principal.name, at: context.clock.now().toISOString() },
    });
  }
  await unit.dirty.mark(entities);
  await record(context, unit, principal, {
    action: 'rollback.outside',
    subject: `product/${service}`,
    detail: { by: provider.name, environment: aim.environment, version, accepted: true },
  });
}

/** Keeps on record that it did not come about. */
async function fail(
  { context, provider, principal, aim }: Errand,
  unit: UnitOfWork,
  suppression: string,
  { outcome, detail }: NotRolledBack,
): Promise<Refusal> {
  const { product: service, version, chart } = aim.release;
  const why = `${provider.name} rollback failed: ${detail}`;
  const at = context.clock.now();
  const unique = context.ids.next().slice(-UNIQUE_LENGTH).toLowerCase();
  const id = deploymentId(at, service, unique);
  const steps = (['pending', 'failed'] as const).map((status) => ({
    status,
    at: at.toISOString(),
  }));
  await unit.deployments.insert({
    ...{ id, service, environment: aim.environment, kind: 'rollback', strategy: 'rolling' },
    ...{ status: 'failed', wish: { version }, toVersion: version, chartSha256: chart.sha256 },
    ...{ deployedBy: principal.name, deployedByKind: principal.kind, deployedAt: at.toISOString() },
    ...(aim.reason !== undefined && { reason: aim.reason }),
    ...{ notes: why, endedAt: at.toISOString(), durationSeconds: 0, queued: false, steps },
    ...{ targets: [], backup: 'none', version: 1 },
  });
  await record(context, unit, principal, {
    action: 'rollback.outside',
    subject: `product/${service}`,
    detail: { by: provider.name, environment: aim.environment, version, accepted: false, detail },
  });
  return refusal('rollback/outside_failed', `${why}; ${whatNext(provider, outcome, suppression)}`, {
    data: { deployment: id, outcome },
  });
}

function whatNext(
  { name }: RollbackProvider,
  outcome: NotRolledBack['outcome'],
  suppression: string,
): string {
  return outcome === 'refused'
    ? `nothing was changed; see to ${name} and ask again`
    : `it may have been done, so nothing moves there for half an hour; see what runs, then ask again, or let things go on (DELETE /api/v1/suppressions/${suppression})`;
}

async function entitiesOf({ context, aim }: Errand, unit: UnitOfWork): Promise<readonly string[]> {
  const seen = await loadService(context, unit, aim.release.product, [aim.environment]);
  return seen.map(({ entity }) => entity.name);
}

function inProgress(id: string, { name }: RollbackProvider): Refusal {
  return refusal(
    'deployment/in_progress',
    `deployment ${id} is under way there, and ${name} would change the same; wait until it has ended (GET /api/v1/deployments/${id})`,
    { data: { deployment: id } },
  );
}
