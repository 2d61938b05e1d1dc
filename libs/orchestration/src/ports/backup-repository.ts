import type { BackupRecord } from '@apollo-deploy/domain';

/** One record for each entity and release head. */
export interface BackupRepository {
  /** Those of exactly these, by entity and head. */
  getMany(
    bases: readonly Pick<BackupRecord, 'entity' | 'releaseDigest'>[],
  ): Promise<readonly BackupRecord[]>;
  /** Those asked for and not ended, by entity and head, up to `limit`. */
  requested(limit: number): Promise<readonly BackupRecord[]>;
  put(record: BackupRecord): Promise<void>;
}
