import { err, ok, type Result } from '@apollo-deploy/kernel';
import {
  type AlreadyExists,
  type KeySetRecord,
  type KeySetRepository,
  type Page,
  pageOf,
  type PageRequest,
  rowsToRead,
  versionAfter,
} from '@apollo-deploy/orchestration';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';
import { KEY_SETS } from './trust-maps.js';

export class DatabaseKeySets implements KeySetRepository {
  private readonly table: DatabaseTable<KeySetRecord>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, KEY_SETS);
  }

  newest(): Promise<KeySetRecord | undefined> {
    return this.table.first('ORDER BY version DESC LIMIT 1', []);
  }

  async insert(set: KeySetRecord): Promise<Result<KeySetRecord, AlreadyExists>> {
    const inserted = await this.table.insert(set, '(version)');
    if (inserted === undefined) return err({ code: 'already_exists' });
    this.session.signals.noteKeySets();
    return ok(inserted);
  }

  async names(publicKey: string): Promise<boolean> {
    const key = JSON.stringify([{ publicKey }]);
    const found = await this.session.read(
      'SELECT version FROM key_sets WHERE keys::jsonb @> $1::jsonb LIMIT 1',
      [key],
    );
    return found.length > 0;
  }

  async list(page: PageRequest): Promise<Page<KeySetRecord>> {
    const found = await this.table.select('WHERE version > $1 ORDER BY version LIMIT $2', [
      versionAfter(page),
      rowsToRead(page),
    ]);
    return pageOf(found, page, ({ version }) => String(version));
  }
}
