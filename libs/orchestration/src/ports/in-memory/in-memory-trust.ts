import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { AlreadyExists } from '../already-exists.js';
import type {
  HubIdentityRepository,
  JoinTokenRecord,
  JoinTokenRepository,
  SessionTokenRepository,
  SessionTokenUse,
} from '../trust-repositories.js';
import { compositeKey, TableView } from './memory-table.js';
import type { HubIdentityRow, MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

export class InMemoryJoinTokens implements JoinTokenRepository {
  private readonly view: TableView<JoinTokenRecord, 'spoke'>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.joinTokens, transaction);
  }

  async get(hash: string): Promise<JoinTokenRecord | undefined> {
    return this.view.get(hash);
  }

  async insert(token: JoinTokenRecord): Promise<Result<JoinTokenRecord, AlreadyExists>> {
    if (this.view.get(token.hash) !== undefined) return err({ code: 'already_exists' });
    return ok(this.view.put(token));
  }

  async save(token: JoinTokenRecord): Promise<void> {
    this.view.put(token);
  }

  async unusedOf(spoke: string): Promise<readonly JoinTokenRecord[]> {
    return this.view
      .inGroup('spoke', spoke)
      .filter(({ usedBy }) => usedBy === undefined)
      .sort((one, other) => Date.parse(one.createdAt) - Date.parse(other.createdAt));
  }

  async removeUnused(spoke: string): Promise<number> {
    const unused = await this.unusedOf(spoke);
    for (const { hash } of unused) this.view.remove(hash);
    return unused.length;
  }

  async removeOfSpoke(spoke: string): Promise<void> {
    for (const { hash } of this.view.inGroup('spoke', spoke)) this.view.remove(hash);
  }

  async forgetBefore(instant: string): Promise<void> {
    const before = Date.parse(instant);
    for (const { row } of this.view.all()) {
      if (Date.parse(row.expiresAt) < before) this.view.remove(row.hash);
    }
  }
}

export class InMemorySessionTokens implements SessionTokenRepository {
  private readonly view: TableView<SessionTokenUse>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.sessionTokens, transaction);
  }

  async use(token: SessionTokenUse): Promise<boolean> {
    if (this.view.get(compositeKey(token.spoke, token.id)) !== undefined) return false;
    this.view.put(token);
    return true;
  }

  async forgetBefore(instant: string): Promise<void> {
    const before = Date.parse(instant);
    for (const { row } of this.view.all()) {
      if (Date.parse(row.keptUntil) < before) this.view.remove(compositeKey(row.spoke, row.id));
    }
  }
}

export class InMemoryHubIdentity implements HubIdentityRepository {
  private readonly view: TableView<HubIdentityRow>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.hubIdentities, transaction);
  }

  async ensure(id: string): Promise<string> {
    return (this.view.get('') ?? this.view.put({ id })).id;
  }
}
