import type { BackupRecord } from '@apollo-deploy/domain';
import type { BackupRepository } from '../backup-repository.js';
import { TableView } from './memory-table.js';
import { backupKey, type MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

export class InMemoryBackups implements BackupRepository {
  private readonly view: TableView<BackupRecord, 'requested'>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.backups, transaction);
  }

  async getMany(
    bases: readonly Pick<BackupRecord, 'entity' | 'releaseDigest'>[],
  ): Promise<readonly BackupRecord[]> {
    return [...this.view.getMany(bases.map(backupKey))].sort(byKey);
  }

  async requested(limit: number, unheardSince: string): Promise<readonly BackupRecord[]> {
    return [...this.view.inGroup('requested', '')]
      .filter(({ askedAt = unheardSince }) => Date.parse(askedAt) <= Date.parse(unheardSince))
      .sort(byKey)
      .slice(0, limit);
  }

  async put(record: BackupRecord): Promise<void> {
    this.view.put(record);
  }
}

function byKey(one: BackupRecord, other: BackupRecord): number {
  return backupKey(one) < backupKey(other) ? -1 : 1;
}
