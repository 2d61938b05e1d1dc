import { type BackupRecord, type Deployment, hasEnded, tellUnbacked } from '@apollo-deploy/domain';
import { releaseSnapshots } from '../backups/release-snapshots.js';
import { ASKED_AGAIN_MS, makeBackup, type WantedBackup } from '../backups/run-backups.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { endDeployment } from './end-deployment.js';
import {
  leaveToEngine,
  type OutsideErrand,
  markAsked,
  storedDeployment,
} from './outside-errand.js';
import { outsideReadiness } from './outside-readiness.js';
import { saveDeployment } from './save-deployment.js';
import { freeAgain, noLongerAsked, suppressionOf } from './set-aside.js';

/** A rollback that has begun, and whose it is now. */
export interface Begun {
  readonly deployment: Deployment;
  /** Somebody else is asked for it, once what is wanted was kept; else it has ended, or is the engine's. */
  readonly isTheirs: boolean;
}

/** How long a rollback waits for so many backups before it is the engine's, in milliseconds. */
export function keepingMs(backups: number): number {
  return backups * ASKED_AGAIN_MS;
}

/** Has what runs kept, and judges again, as that takes time. */
export async function backUpFirst(
  errand: OutsideErrand,
  { deployment }: Pick<Begun, 'deployment'>,
  wanted: readonly WantedBackup[],
): Promise<Begun> {
  const { context } = errand;
  if (wanted.length === 0) return { deployment, isTheirs: true };
  const provider = context.backups ?? releaseSnapshots;
  for (const one of wanted) {
    await makeBackup(context, provider, one, (work) => context.store.transact(work));
  }
  return context.store.transact(async (unit) => {
    await unit.environments.lock(deployment.environment);
    const before = await storedDeployment(unit, deployment);
    if (hasEnded(before.status)) return { deployment: before, isTheirs: false };
    const made = await unit.backups.getMany(wanted.map(({ request }) => request));
    const failed = made.filter(({ status }) => status === 'failed');
    if (failed.length > 0) {
      return { deployment: await endUnbacked(errand, unit, before, failed), isTheirs: false };
    }
    const { unmet } = await outsideReadiness(context, unit, before, suppressionOf(before));
    const because = isStillWaitedFor(errand, before) ? unmet : [TOO_LATE, ...unmet];
    return because.length === 0
      ? { deployment: await markAsked(errand, unit, before), isTheirs: true }
      : { deployment: await leaveToEngine(errand, unit, before, because), isTheirs: false };
  });
}

const TOO_LATE = 'the backup took longer than the rollback waits for it';

/** Else the engine may have taken it up by now. */
function isStillWaitedFor({ context }: OutsideErrand, { targets }: Deployment): boolean {
  const now = context.clock.now().toISOString();
  return targets.some(({ outside }) => outside?.until !== undefined && outside.until > now);
}

/** Nobody is asked without a backup, as nothing goes out without one. */
async function endUnbacked(
  { context, principal }: OutsideErrand,
  unit: UnitOfWork,
  deployment: Deployment,
  failed: readonly BackupRecord[],
): Promise<Deployment> {
  const why = failed.map((backup) => `${backup.entity}: ${tellUnbacked(backup)}`);
  const targets = deployment.targets.map((target) =>
    target.state === 'started' ? { ...target, state: 'failed' as const } : target,
  );
  const end = { status: 'failed', notes: `failed: ${why.join('; ')}` } as const;
  await freeAgain(context, unit, principal, deployment);
  const idle = noLongerAsked({ ...deployment, targets });
  return saveDeployment(unit, await endDeployment(context, unit, idle, end));
}
