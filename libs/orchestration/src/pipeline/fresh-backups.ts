import type { BackupRecord, Deployment, TargetFacts } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** What a plan of a deployment replaces, and since when the deployment is under way there. */
type Replaced = Pick<BackupRecord, 'entity' | 'releaseDigest'> & { readonly since: string };

export type FreshBackup = NonNullable<TargetFacts['backup']>;

/** Whether what a deployment replaces is kept first. */
export function backsUp({ backup }: Pick<Deployment, 'backup'>): boolean {
  return backup !== 'none' && backup !== 'skipped';
}

/** Of what plans replace, the backups made since an instant (RFC 3339), by entity. */
export async function loadFreshBackups(
  unit: UnitOfWork,
  replaced: readonly Replaced[],
): Promise<ReadonlyMap<string, FreshBackup>> {
  if (replaced.length === 0) return new Map();
  const since = new Map(replaced.map((one) => [one.entity, one.since]));
  const wanted = replaced.map(({ entity, releaseDigest }) => ({ entity, releaseDigest }));
  const fresh = (await unit.backups.getMany(wanted)).filter((one) => isSince(one, since));
  return new Map(fresh.map((one) => [one.entity, told(one)]));
}

/** What was kept for somebody else before does not hold what has changed since. */
function isSince({ entity, at }: BackupRecord, since: ReadonlyMap<string, string>): boolean {
  return Date.parse(at) >= Date.parse(since.get(entity) ?? '');
}

function told({ status, by, detail }: BackupRecord): FreshBackup {
  return { status, by, ...(detail !== undefined && { detail }) };
}
