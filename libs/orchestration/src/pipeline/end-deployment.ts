import {
  type Deployment,
  type DeploymentEnd,
  type DeploymentTarget,
  secondsBetween,
  stepTo,
} from '@apollo-deploy/domain';
import { record } from '../audit/record.js';
import { endWithHotfix } from '../break-glass/end-with-hotfix.js';
import type { Context } from '../context.js';
import { ENGINE } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { declineUnbacked } from './decline-unbacked.js';
import { holdRolledBack } from './hold-rolled-back.js';
import { endRollout } from './rollouts.js';
import { returnToChannel } from './return-to-channel.js';
import { endOutside } from './set-aside.js';
import { putBack } from './set-desired.js';
import { staysBrought, type StaysBrought } from './stays-brought.js';

/**
 * A deployment as it is kept once it has ended; what it wanted where it did not come about is taken
 * back, what came about where no version was named follows its channel from now on, and what a rollback
 * brought is held. The caller saves it.
 */
export async function endDeployment(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
  end: { readonly status: DeploymentEnd; readonly notes: string },
): Promise<Deployment> {
  const endedAt = context.clock.now().toISOString();
  const { left, stays } = await settleFailed(context, unit, deployment);
  const healthy = deployment.targets.filter(({ state }) => state === 'healthy');
  for (const target of [...healthy, ...stays.keys()]) {
    await returnToChannel(context, unit, deployment, target);
  }
  await unit.dirty.mark([...stays.keys()].map(({ entity }) => entity));
  if (deployment.kind === 'rollback') {
    const brought = [...stays].flatMap(([target, { succeeded }]) => (succeeded ? [target] : []));
    const held = end.status === 'completed' ? healthy : brought;
    await holdRolledBack(context, unit, deployment, held);
  }
  for (const target of deployment.targets) {
    await endRollout(context, unit, deployment, target, stays.has(target));
  }
  const { breakGlass } = deployment;
  if (breakGlass !== undefined) await endWithHotfix(context, unit, breakGlass);
  const notes = [end.notes, ...left].join('; ');
  const [rollbackVersion] = deployment.targets.flatMap(({ wentBackTo }) => wentBackTo ?? []);
  await record(context, unit, ENGINE, {
    action: 'deployment.end',
    subject: `deployment/${deployment.id}`,
    detail: { status: end.status, notes, version: deployment.toVersion },
  });
  return {
    ...stepTo(withoutGrant(await endOutside(context, unit, deployment)), end.status, endedAt),
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

/** What becomes of what is desired where it did not come about. */
interface Unmet {
  /** What is to be told of it, in sentences. */
  readonly left: readonly string[];
  /** Where what was brought stays desired. */
  readonly stays: ReadonlyMap<DeploymentTarget, StaysBrought>;
}

/** Puts back what was desired before, except where what was brought stays. */
async function settleFailed(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
): Promise<Unmet> {
  const left: string[] = [];
  const stays = new Map<DeploymentTarget, StaysBrought>();
  for (const target of deployment.targets.filter(hasNotComeAbout)) {
    const stay = await staysBrought(unit, deployment, target);
    if (stay !== undefined) stays.set(target, stay);
    const why = stay === undefined ? await putBack(context, unit, deployment, target) : stay.why;
    if (why !== undefined) left.push(`${target.entity}: ${why}`);
    else if (stay === undefined) await declineUnbacked(context, unit, deployment, target);
  }
  return { left, stays };
}

/** What was stopped on the way was put back then. */
function hasNotComeAbout({ state }: DeploymentTarget): boolean {
  return state !== 'healthy' && state !== 'skipped' && state !== 'not_started';
}
