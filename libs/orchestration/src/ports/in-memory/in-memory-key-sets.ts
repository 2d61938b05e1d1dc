import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { AlreadyExists } from '../already-exists.js';
import { type KeySetRecord, type KeySetRepository, versionAfter } from '../key-sets.js';
import { type Page, pageOf, type PageRequest, rowsToRead } from '../page.js';
import { TableView } from './memory-table.js';
import type { MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

export class InMemoryKeySets implements KeySetRepository {
  private readonly view: TableView<KeySetRecord>;

  constructor(
    tables: MemoryTables,
    private readonly transaction: MemoryTransaction,
  ) {
    this.view = new TableView(tables.keySets, transaction);
  }

  async newest(): Promise<KeySetRecord | undefined> {
    return this.sorted().at(-1);
  }

  async insert(set: KeySetRecord): Promise<Result<KeySetRecord, AlreadyExists>> {
    if (this.view.get(String(set.version)) !== undefined) return err({ code: 'already_exists' });
    this.transaction.signals.noteKeySets();
    return ok(this.view.put(set));
  }

  async names(publicKey: string): Promise<boolean> {
    return this.sorted().some(({ keys }) => keys.some((key) => key.publicKey === publicKey));
  }

  async list(page: PageRequest): Promise<Page<KeySetRecord>> {
    const after = versionAfter(page);
    const found = this.sorted().filter(({ version }) => version > after);
    return pageOf(found.slice(0, rowsToRead(page)), page, ({ version }) => String(version));
  }

  private sorted(): readonly KeySetRecord[] {
    return this.view
      .all()
      .map(({ row }) => row)
      .sort((one, other) => one.version - other.version);
  }
}
