import { type BackupRecord, type Deployment, hasEnded, tellUnbacked } from '@apollo-deploy/domain';
import { releaseSnapshots } from '../backups/release-snapshots.js';
import { makeBackup, type WantedBackup } from '../backups/run-backups.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { endDeployment } from './end-deployment.js';
import {
  leaveToEngine,
  type OutsideAsking,
  type OutsideErrand,
  storedDeployment,
} from './outside-errand.js';
import { outsideReadiness } from './outside-readiness.js';
import { saveDeployment } from './save-deployment.js';

/**
 * Has what runs kept, and judges again, as that takes time. `undefined` = they are to be asked now; else
 * the deployment, which has ended or is left to the engine.
 */
export async function backUpFirst(
  errand: OutsideErrand,
  { deployment, suppression }: OutsideAsking,
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
    const before = await storedDeployment(unit, deployment);
    if (hasEnded(before.status)) return before;
    const made = await unit.backups.getMany(wanted.map(({ request }) => request));
    const failed = made.filter(({ status }) => status === 'failed');
    if (failed.length > 0) return endUnbacked(errand, unit, before, failed);
    const { unmet } = await outsideReadiness(context, unit, before, suppression);
    return unmet.length === 0 ? undefined : leaveToEngine(errand, unit, before, unmet);
  });
}

/** Nobody is asked without a backup, as nothing goes out without one. */
async function endUnbacked(
  { context }: OutsideErrand,
  unit: UnitOfWork,
  deployment: Deployment,
  failed: readonly BackupRecord[],
): Promise<Deployment> {
  const why = failed.map((backup) => `${backup.entity}: ${tellUnbacked(backup)}`);
  const targets = deployment.targets.map((target) =>
    target.state === 'started' ? { ...target, state: 'failed' as const } : target,
  );
  const end = { status: 'failed', notes: `failed: ${why.join('; ')}` } as const;
  return saveDeployment(unit, await endDeployment(context, unit, { ...deployment, targets }, end));
}
