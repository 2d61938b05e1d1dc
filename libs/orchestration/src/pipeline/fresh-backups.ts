import type { BackupRecord, Deployment, TargetFacts } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** What a plan of a deployment replaces. */
export type Replaced = Pick<BackupRecord, 'entity' | 'releaseDigest'>;

/** Of what the plans of a deployment replace, the backups made since it began there, by entity. */
export async function loadFreshBackups(
  unit: UnitOfWork,
  { backup, targets }: Deployment,
  replaced: readonly Replaced[],
): Promise<ReadonlyMap<string, NonNullable<TargetFacts['backup']>>> {
  if (backup === 'none' || backup === 'skipped' || replaced.length === 0) return new Map();
  const started = new Map(targets.map(({ entity, startedAt = '' }) => [entity, startedAt]));
  const fresh = (await unit.backups.getMany(replaced)).filter((one) => isSince(one, started));
  return new Map(fresh.map((one) => [one.entity, told(one)]));
}

/** What was kept for somebody else before does not hold what has changed since. */
function isSince({ entity, at }: BackupRecord, started: ReadonlyMap<string, string>): boolean {
  return Date.parse(at) >= Date.parse(started.get(entity) ?? '');
}

function told({ status, by, detail }: BackupRecord): NonNullable<TargetFacts['backup']> {
  return { status, by, ...(detail !== undefined && { detail }) };
}
