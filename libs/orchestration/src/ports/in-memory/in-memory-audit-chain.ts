import { CHAIN_START, type ChainHead } from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import type { AuditChain, AuditLink, ChainLook, LinkedEntry } from '../audit-chain.js';
import type { AuditEntry } from '../records.js';
import { TableView } from './memory-table.js';
import type { MemoryTables, UnlinkedRow } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

export class InMemoryAuditChain implements AuditChain {
  private readonly entries: TableView<AuditEntry>;
  private readonly unlinked: TableView<UnlinkedRow>;
  private readonly links: TableView<AuditLink, 'number'>;
  private readonly heads: TableView<ChainHead>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.entries = new TableView(tables.audit, transaction);
    this.unlinked = new TableView(tables.unlinked, transaction);
    this.links = new TableView(tables.auditLinks, transaction);
    this.heads = new TableView(tables.auditHeads, transaction);
  }

  async look(): Promise<ChainLook> {
    const head = this.heads.get('');
    return { isWaiting: this.unlinked.first(1).length > 0, ...(head !== undefined && { head }) };
  }

  async waiting(limit: number): Promise<readonly AuditEntry[]> {
    return this.unlinked.first(limit).map(({ row }) => this.entry(row.id));
  }

  async head(): Promise<ChainHead | undefined> {
    return this.heads.get('');
  }

  async at(numbers: readonly number[]): Promise<readonly ChainHead[]> {
    return numbers.flatMap((number) =>
      this.links.inGroup('number', String(number)).map(({ hash }) => ({ number, hash })),
    );
  }

  async append(links: readonly AuditLink[]): Promise<void> {
    for (const link of links) {
      const { number, hash } = this.heads.get('') ?? CHAIN_START;
      if (link.number !== number + 1 || link.previous !== hash) {
        throw new InvariantViolation(`link ${link.number} does not go on after number ${number}`);
      }
      if (this.links.get(link.entryId) !== undefined) {
        throw new InvariantViolation(`audit entry ${link.entryId} was linked twice`);
      }
      this.links.put(link);
      this.heads.put({ number: link.number, hash: link.hash });
    }
  }

  async after(number: number, limit: number): Promise<readonly LinkedEntry[]> {
    const newest = this.heads.get('')?.number ?? 0;
    const length = Math.max(0, Math.min(limit, newest - number));
    return Array.from({ length }, (_, index) => this.linked(number + 1 + index));
  }

  private linked(number: number): LinkedEntry {
    const [link] = this.links.inGroup('number', String(number));
    if (link === undefined) throw new InvariantViolation(`audit link ${number} is missing`);
    return { link, entry: this.entry(link.entryId) };
  }

  private entry(id: string): AuditEntry {
    const entry = this.entries.get(id);
    if (entry === undefined) throw new InvariantViolation(`audit entry ${id} is missing`);
    return entry;
  }
}
