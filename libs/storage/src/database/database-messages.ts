import { err, ok, type Result } from '@apollo-deploy/kernel';
import {
  type AlreadyExists,
  type AuditEntry,
  type AuditFilter,
  type AuditTrail,
  type IdempotencyRecord,
  type IdempotencyRepository,
  type Outbox,
  type OutboxMessage,
  type Page,
  pageOf,
  type PageRequest,
} from '@apollo-deploy/orchestration';
import { Conditions } from './conditions.js';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';
import { AUDIT_ENTRIES, IDEMPOTENCY_RECORDS, OUTBOX_MESSAGES } from './message-maps.js';

export class DatabaseOutbox implements Outbox {
  private readonly table: DatabaseTable<OutboxMessage>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, OUTBOX_MESSAGES);
  }

  async add(message: OutboxMessage): Promise<void> {
    await this.table.append(message);
    this.session.signals.noteOutbox(message.spoke);
  }

  pending(
    spokes: readonly string[],
    skip: readonly string[] = [],
  ): Promise<readonly OutboxMessage[]> {
    const tail = `WHERE spoke = ANY($1) AND NOT (id = ANY($2))
      AND spoke <> ALL (ARRAY(SELECT name FROM spokes WHERE revoked AND name = ANY($1)))
      ORDER BY position`;
    return this.table.select(tail, [spokes, skip]);
  }

  async acknowledge(spoke: string, id: string): Promise<void> {
    const statement = 'DELETE FROM outbox_messages WHERE id = $1 AND spoke = $2';
    await this.session.query(statement, [id, spoke]);
  }

  async removeOfPlan(planId: string): Promise<void> {
    await this.session.query('DELETE FROM outbox_messages WHERE plan_id = $1', [planId]);
  }
}

export class DatabaseAuditTrail implements AuditTrail {
  private readonly table: DatabaseTable<AuditEntry>;

  constructor(session: DatabaseSession) {
    this.table = new DatabaseTable(session, AUDIT_ENTRIES);
  }

  append(entry: AuditEntry): Promise<void> {
    return this.table.append(entry);
  }

  async has(id: string): Promise<boolean> {
    return (await this.table.first('WHERE id = $1', [id])) !== undefined;
  }

  async list(filter: AuditFilter, page: PageRequest): Promise<Page<AuditEntry>> {
    const conditions = new Conditions()
      .and('actor = ?', filter.actor)
      .and('subject = ?', filter.subject)
      .and('at >= ?', filter.from)
      .and('(at, position) > (SELECT at, position FROM audit_entries WHERE id = ?)', page.after);
    const found = await this.table.select(
      conditions.page('at, position', page),
      conditions.parameters,
    );
    return pageOf(found, page, ({ id }) => id);
  }
}

export class DatabaseIdempotency implements IdempotencyRepository {
  private readonly table: DatabaseTable<IdempotencyRecord>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, IDEMPOTENCY_RECORDS);
  }

  get(principal: string, key: string): Promise<IdempotencyRecord | undefined> {
    return this.table.first('WHERE principal = $1 AND key = $2', [principal, key]);
  }

  async insert(record: IdempotencyRecord): Promise<Result<IdempotencyRecord, AlreadyExists>> {
    const inserted = await this.table.insert(record, '');
    return inserted === undefined ? err({ code: 'already_exists' }) : ok(inserted);
  }

  put(record: IdempotencyRecord): Promise<void> {
    return this.table.upsert([record]);
  }

  async forgetBefore(instant: string): Promise<void> {
    await this.session.query('DELETE FROM idempotency_records WHERE created_at < $1', [instant]);
  }
}
