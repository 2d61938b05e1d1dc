import type { BackupRecord, ConstraintSet } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import type { Destination } from './load-promotions.js';

/** By entity, the backups of what runs; nothing is read where no rule wants any. */
export async function loadBackups(
  unit: UnitOfWork,
  destinations: readonly Destination[],
  set: ConstraintSet,
): Promise<ReadonlyMap<string, BackupRecord>> {
  if (!set.has('backup')) return new Map();
  const bases = destinations.flatMap(({ entity, reported }) =>
    reported?.release == null
      ? []
      : [{ entity: entity.name, releaseDigest: reported.release.releaseDigest }],
  );
  const records = await unit.backups.getMany(bases);
  return new Map(records.map((record) => [record.entity, record]));
}
