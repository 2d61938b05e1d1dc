import type { BackupRecord } from '@apollo-deploy/domain';
import type { BackupRepository } from '@apollo-deploy/orchestration';
import { instant, integer, json, optional, prose, text } from './columns.js';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';
import { TableMap } from './table-map.js';

const BACKUPS = new TableMap<BackupRecord>('backups', ['entity', 'releaseDigest'], {
  entity: text(),
  releaseDigest: text(),
  status: text(),
  by: text('made_by'),
  at: instant(),
  covers: text(),
  detail: optional(prose()),
  snapshot: optional(json()),
  asked: optional(integer()),
  askedAt: optional(instant()),
});

export class DatabaseBackups implements BackupRepository {
  private readonly table: DatabaseTable<BackupRecord>;

  constructor(session: DatabaseSession) {
    this.table = new DatabaseTable(session, BACKUPS);
  }

  getMany(
    bases: readonly Pick<BackupRecord, 'entity' | 'releaseDigest'>[],
  ): Promise<readonly BackupRecord[]> {
    return this.table.select(
      `WHERE (entity, release_digest) IN (SELECT * FROM unnest($1::text[], $2::text[]))
       ORDER BY entity, release_digest`,
      [bases.map(({ entity }) => entity), bases.map(({ releaseDigest }) => releaseDigest)],
    );
  }

  requested(limit: number, unheardSince: string): Promise<readonly BackupRecord[]> {
    return this.table.select(
      `WHERE status = 'requested' AND (asked_at IS NULL OR asked_at <= $2)
       ORDER BY entity, release_digest LIMIT $1`,
      [limit, unheardSince],
    );
  }

  put(record: BackupRecord): Promise<void> {
    return this.table.upsert([record]);
  }
}
