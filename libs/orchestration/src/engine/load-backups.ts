import {
  type BackupRecord,
  type ConstraintSet,
  type Deployment,
  isMidway,
} from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import type { Destination } from './load-promotions.js';

/** What is known of the backup of what runs on an entity. */
export interface KnownBackup {
  /** Absent: none was asked for, or nobody wants one. */
  readonly backup?: BackupRecord;
  /** A deployment under way wants one made since then. RFC 3339. */
  readonly backupSince?: string;
}

/** By entity, the backups of what runs. Nothing is read where neither a deployment nor a rule wants any. */
export async function loadBackups(
  unit: UnitOfWork,
  destinations: readonly Destination[],
  { underWay, set }: { readonly underWay: readonly Deployment[]; readonly set: ConstraintSet },
): Promise<(entity: string) => KnownBackup> {
  const since = backupsSince(underWay);
  const bases = destinations.flatMap(({ entity: { name }, reported }) => {
    const isWanted = set.has('backup') || since.has(name);
    return reported?.release == null || !isWanted
      ? []
      : [{ entity: name, releaseDigest: reported.release.releaseDigest }];
  });
  const records = bases.length === 0 ? [] : await unit.backups.getMany(bases);
  const byEntity = new Map(records.map((record) => [record.entity, record]));
  return (entity) => {
    const backupSince = since.get(entity);
    const backup = byEntity.get(entity);
    if (backupSince === undefined) return backup === undefined ? {} : { backup };
    // What was kept before does not hold what has changed since.
    const isFresh = backup !== undefined && Date.parse(backup.at) >= Date.parse(backupSince);
    return { backupSince, ...(isFresh && { backup }) };
  };
}

/**
 * By entity, since when a deployment that backs up first has wanted it changed. One whose plan is out
 * counts too: that may have come back before anybody has followed the deployment, and go out anew.
 */
function backupsSince(deployments: readonly Deployment[]): ReadonlyMap<string, string> {
  const since = new Map<string, string>();
  for (const { backup, targets } of deployments) {
    if (backup === 'none' || backup === 'skipped') continue;
    for (const target of targets) {
      const { entity, state, startedAt } = target;
      // What a further step replaces is the deployment's own work.
      if ((state !== 'started' && state !== 'executing') || isMidway(target)) continue;
      if (startedAt === undefined) throw new InvariantViolation(`${entity} started at no time`);
      since.set(entity, startedAt);
    }
  }
  return since;
}
