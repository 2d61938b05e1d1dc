import {
  type Deployment,
  type DeploymentEnd,
  type DeploymentTarget,
  secondsBetween,
  stepTo,
} from '@apollo-deploy/domain';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { ENGINE } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { declineUnbacked } from './decline-unbacked.js';
import { endBreakGlassIn } from '../break-glass/end-break-glass.js';
import { holdRolledBack } from './hold-rolled-back.js';
import { endRollout } from './rollouts.js';
import { putBack } from './set-desired.js';
import { staysBrought } from './stays-brought.js';

/**
 * A deployment as it is kept once it has ended; what it wanted where it did not come about is taken
 * back, and what a rollback brought is held. The caller saves it.
 */
export async function endDeployment(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
  end: { readonly status: DeploymentEnd; readonly notes: string },
): Promise<Deployment> {
  const endedAt = context.clock.now().toISOString();
  const left: string[] = [];
  const stays: DeploymentTarget[] = [];
  for (const target of deployment.targets.filter(hasNotComeAbout)) {
    if (await staysBrought(unit, deployment, target)) {
      stays.push(target);
      continue;
    }
    const why = await putBack(context, unit, deployment, target);
    if (why === undefined) await declineUnbacked(context, unit, deployment, target);
    else left.push(`${target.entity}: ${why}`);
  }
  if (deployment.kind === 'rollback') {
    const healthy = deployment.targets.filter(({ state }) => state === 'healthy');
    const held = end.status === 'completed' ? healthy : stays;
    await holdRolledBack(context, unit, deployment, held);
  }
  for (const target of deployment.targets) await endRollout(context, unit, deployment, target);
  // One that is over already has nothing to end.
  const { breakGlass } = deployment;
  if (breakGlass !== undefined) await endBreakGlassIn(context, unit, ENGINE, breakGlass);
  const notes = [end.notes, ...left].join('; ');
  const [rollbackVersion] = deployment.targets.flatMap(({ wentBackTo }) => wentBackTo ?? []);
  await record(context, unit, ENGINE, {
    action: 'deployment.end',
    subject: `deployment/${deployment.id}`,
    detail: { status: end.status, notes, version: deployment.toVersion },
  });
  return {
    ...stepTo(withoutGrant(deployment), end.status, endedAt),
    ...{ notes, endedAt, queued: false },
    durationSeconds: secondsBetween(deployment.deployedAt, endedAt),
    ...(rollbackVersion !== undefined && { rollbackVersion }),
  };
}

/** One that ends in line goes past nothing any more; why it could not is worth keeping. */
function withoutGrant(deployment: Deployment): Deployment {
  const { breakGlassGrant: grant, ...others } = deployment;
  return grant === undefined || grant.refused !== undefined ? deployment : others;
}

/** What was stopped on the way was put back then. */
function hasNotComeAbout({ state }: DeploymentTarget): boolean {
  return state !== 'healthy' && state !== 'skipped' && state !== 'not_started';
}
