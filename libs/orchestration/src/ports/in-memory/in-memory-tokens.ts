import { InvariantViolation } from '@apollo-deploy/kernel';
import type { Page, PageRequest } from '../page.js';
import type { ApiTokenRecord, TokenRepository, TokenUse } from '../token-repository.js';
import { ENGINE } from '../principal.js';
import { pageByKey } from './memory-lists.js';
import { TableView } from './memory-table.js';
import type { MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';
import type { Slot } from './slot.js';

export class InMemoryTokens implements TokenRepository {
  private readonly view: TableView<ApiTokenRecord, 'hash' | 'owner'>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.apiTokens, transaction);
  }

  async get(id: string): Promise<ApiTokenRecord | undefined> {
    return this.view.get(id);
  }

  async getMany(ids: readonly string[]): Promise<readonly ApiTokenRecord[]> {
    return this.view.getMany(ids);
  }

  async byHash(hash: string): Promise<ApiTokenRecord | undefined> {
    return this.view.inGroup('hash', hash)[0];
  }

  async countUsable(owner: string, now: string): Promise<number> {
    const until = Date.parse(now);
    const usable = this.view
      .inGroup('owner', owner)
      .filter(
        ({ revokedAt, expiresAt }) => revokedAt === undefined && Date.parse(expiresAt) > until,
      );
    return usable.length;
  }

  async insert(token: ApiTokenRecord): Promise<void> {
    const isTaken = this.view.get(token.id) ?? this.view.inGroup('hash', token.hash)[0];
    if (isTaken !== undefined) throw new InvariantViolation(`token ${token.id} is stored already`);
    this.view.put(token);
  }

  async revoke(id: string, by: string, at: string): Promise<boolean> {
    const token = this.view.get(id);
    if (token === undefined || token.revokedAt !== undefined) return false;
    this.view.put({ ...token, revokedAt: at, revokedBy: by });
    return true;
  }

  async noteUses(uses: readonly TokenUse[]): Promise<void> {
    for (const { id, at } of uses) {
      const token = this.view.get(id);
      if (token === undefined) continue;
      const { lastUsedAt = '' } = token;
      if (Date.parse(at) <= Date.parse(lastUsedAt)) continue;
      this.view.put({ ...token, lastUsedAt: at });
    }
  }

  async forgetBefore(instant: string, limit: number): Promise<boolean> {
    const before = Date.parse(instant);
    const isOver = ({
      row: { expiresAt, revokedAt = expiresAt, createdBy },
    }: Slot<ApiTokenRecord>) =>
      createdBy !== ENGINE.name && Math.min(Date.parse(expiresAt), Date.parse(revokedAt)) < before;
    const over = this.view.all().filter(isOver).slice(0, limit);
    for (const { row } of over) this.view.remove(row.id);
    return over.length === limit;
  }

  async list(owner: string | undefined, page: PageRequest): Promise<Page<ApiTokenRecord>> {
    const wanted = (token: ApiTokenRecord): boolean => owner === undefined || token.owner === owner;
    return pageByKey(this.view, ({ id }) => id, page, wanted);
  }
}
