import type { Deployment } from '@apollo-deploy/domain';
import { InvariantViolation, type Json } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import type { FollowTools } from './follow-tools.js';
import type { RollbackProvider } from './rollback-provider.js';
import { saveDeployment } from './save-deployment.js';

/** Everything that somebody else is asked with. */
export interface OutsideErrand {
  readonly context: Context;
  readonly provider: RollbackProvider;
  readonly principal: Principal;
  readonly tools: FollowTools;
}

/** What somebody else is asked for, and what keeps everything from its entities meanwhile, by its id. */
export interface OutsideAsking {
  readonly deployment: Deployment;
  readonly suppression: string;
}

/** The engine brings it: they are not asked. */
export async function leaveToEngine(
  errand: OutsideErrand,
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
