import type { Deployment } from '@apollo-deploy/domain';
import { InvariantViolation, type Json } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import type { FollowTools } from './follow-tools.js';
import type { RollbackProvider } from './rollback-provider.js';
import { saveDeployment } from './save-deployment.js';
import { freeAgain, setAside } from './set-aside.js';

/** Everything that somebody else is asked with. */
export interface OutsideErrand {
  readonly context: Context;
  readonly provider: RollbackProvider;
  readonly principal: Principal;
  readonly tools: FollowTools;
}

/** So long nothing moves at most, should nobody tell how it came out. */
const SUPPRESSED_MS = 30 * 60_000;

/** From here on they may have been asked, whatever becomes of this hub; whoever asks does so next. */
export async function markAsked(
  errand: OutsideErrand,
  unit: UnitOfWork,
  deployment: Deployment,
): Promise<Deployment> {
  const { context, principal, provider } = errand;
  const now = context.clock.now();
  const until = new Date(now.getTime() + SUPPRESSED_MS).toISOString();
  const asked = { by: provider.name, askedAt: now.toISOString(), until };
  await recordAnswer(errand, unit, deployment, { asked: true });
  return saveDeployment(unit, await setAside(context, unit, { principal, deployment }, asked));
}

/**
 * They are to be asked once what runs was kept. Where nobody does within this time, as the hub that was to has
 * ended, the engine brings it.
 */
export async function markToBeAsked(
  { context, principal, provider }: OutsideErrand,
  unit: UnitOfWork,
  deployment: Deployment,
  withinMs: number,
): Promise<Deployment> {
  const until = new Date(context.clock.now().getTime() + withinMs).toISOString();
  const asked = { by: provider.name, until };
  return saveDeployment(unit, await setAside(context, unit, { principal, deployment }, asked));
}

/** The engine brings it: they are not asked. */
export async function leaveToEngine(
  errand: OutsideErrand,
  unit: UnitOfWork,
  deployment: Deployment,
  because: readonly string[],
): Promise<Deployment> {
  await freeAgain(errand.context, unit, errand.principal, deployment);
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

/** The deployment as it is kept now; that there is none would be a bug. */
export async function storedDeployment(unit: UnitOfWork, { id }: Deployment): Promise<Deployment> {
  const found = await unit.deployments.get(id);
  if (found === undefined) throw new InvariantViolation(`deployment ${id} is gone`);
  return found;
}

/** Writes to the audit trail what came of asking, or why nobody was asked. */
export function recordAnswer(
  { context, provider, principal }: OutsideErrand,
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
