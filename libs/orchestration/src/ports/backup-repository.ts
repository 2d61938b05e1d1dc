import type { BackupRecord } from '@apollo-deploy/domain';

/** One record for each entity and release head. */
export interface BackupRepository {
  /** Those of exactly these, by entity and head. */
  getMany(
    bases: readonly Pick<BackupRecord, 'entity' | 'releaseDigest'>[],
  ): Promise<readonly BackupRecord[]>;
  /**
   * Those wanted that have not ended and whose maker was never asked, or last at or before `unheardSince`
   * (RFC 3339); by entity and head, up to `limit`.
   */
  requested(limit: number, unheardSince: string): Promise<readonly BackupRecord[]>;
  put(record: BackupRecord): Promise<void>;
}
