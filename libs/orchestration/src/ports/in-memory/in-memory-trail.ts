import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import type { Page, PageRequest } from '../page.js';
import type { AuditEntry, IdempotencyRecord, OutboxMessage, SpokeRecord } from '../records.js';
import type { AlreadyExists } from '../already-exists.js';
import type { AuditFilter, AuditTrail, IdempotencyRepository, Outbox } from '../unit-of-work.js';
import { byInstant, pageAfterId } from './memory-lists.js';
import { compositeKey, TableView } from './memory-table.js';
import type { MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

export class InMemoryOutbox implements Outbox {
  private readonly view: TableView<OutboxMessage, 'spoke' | 'plan'>;
  private readonly spokes: TableView<SpokeRecord>;

  constructor(
    tables: MemoryTables,
    private readonly transaction: MemoryTransaction,
  ) {
    this.view = new TableView(tables.outbox, transaction);
    this.spokes = new TableView(tables.spokes, transaction);
  }

  async add(message: OutboxMessage): Promise<void> {
    if (this.view.get(message.id) !== undefined) {
      throw new InvariantViolation(`message ${message.id} was written twice`);
    }
    this.view.put(message);
    this.transaction.signals.noteOutbox(message.spoke);
  }

  async pending(
    spokes: readonly string[],
    skip: readonly string[] = [],
  ): Promise<readonly OutboxMessage[]> {
    const skipped = new Set(skip);
    return [...new Set(spokes)]
      .filter((spoke) => this.spokes.get(spoke)?.revoked !== true)
      .flatMap((spoke) => this.view.slotsInGroup('spoke', spoke))
      .filter(({ row }) => !skipped.has(row.id))
      .sort((a, b) => a.position - b.position)
      .map(({ row }) => row);
  }

  async acknowledge(spoke: string, id: string): Promise<void> {
    if (this.view.get(id)?.spoke === spoke) this.view.remove(id);
  }

  async removeOfPlan(planId: string): Promise<void> {
    for (const { id } of this.view.inGroup('plan', planId)) this.view.remove(id);
  }
}

export class InMemoryAuditTrail implements AuditTrail {
  private readonly view: TableView<AuditEntry>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.audit, transaction);
  }

  async append(entry: AuditEntry): Promise<void> {
    if (this.view.get(entry.id) !== undefined) {
      throw new InvariantViolation(`audit entry ${entry.id} was written twice`);
    }
    this.view.put(entry);
  }

  async has(id: string): Promise<boolean> {
    return this.view.get(id) !== undefined;
  }

  async list({ actor, subject, from }: AuditFilter, page: PageRequest): Promise<Page<AuditEntry>> {
    const wanted = this.view
      .all()
      .filter(
        ({ row }) =>
          (actor === undefined || row.actor === actor) &&
          (subject === undefined || row.subject === subject) &&
          (from === undefined || Date.parse(row.at) >= Date.parse(from)),
      );
    return pageAfterId(
      byInstant(wanted, ({ at }) => at),
      page,
    );
  }
}

export class InMemoryIdempotency implements IdempotencyRepository {
  private readonly view: TableView<IdempotencyRecord>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.idempotency, transaction);
  }

  async get(principal: string, key: string): Promise<IdempotencyRecord | undefined> {
    return this.view.get(compositeKey(principal, key));
  }

  async insert(record: IdempotencyRecord): Promise<Result<IdempotencyRecord, AlreadyExists>> {
    if (this.view.get(compositeKey(record.principal, record.key)) !== undefined) {
      return err({ code: 'already_exists' });
    }
    return ok(this.view.put(record));
  }

  async put(record: IdempotencyRecord): Promise<void> {
    this.view.put(record);
  }

  async forgetBefore(instant: string): Promise<void> {
    const before = Date.parse(instant);
    for (const { row } of this.view.all()) {
      if (Date.parse(row.createdAt) >= before) continue;
      this.view.remove(compositeKey(row.principal, row.key));
    }
  }
}
