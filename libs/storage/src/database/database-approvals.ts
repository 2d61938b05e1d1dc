import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import {
  type ApprovalRecord,
  type ApprovalRepository,
  type ApprovalRequestRecord,
  type ApprovalRequestRepository,
  type ApprovalRuleRecord,
  type ApprovalRuleRepository,
  type DelegationRecord,
  type DelegationRepository,
  type Page,
  pageOf,
  type PageRequest,
  type VersionConflict,
} from '@apollo-deploy/orchestration';
import { APPROVAL_REQUESTS, APPROVAL_RULES, APPROVALS, DELEGATIONS } from './approval-maps.js';
import { Conditions } from './conditions.js';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';

export class DatabaseApprovalRules implements ApprovalRuleRepository {
  private readonly table: DatabaseTable<ApprovalRuleRecord>;

  constructor(session: DatabaseSession) {
    this.table = new DatabaseTable(session, APPROVAL_RULES);
  }

  all(): Promise<readonly ApprovalRuleRecord[]> {
    return this.table.select('ORDER BY name', []);
  }

  async put(record: ApprovalRuleRecord): Promise<Result<ApprovalRuleRecord, VersionConflict>> {
    const next = { ...record, version: record.version + 1 };
    const known = APPROVAL_RULES.parameterOf('name');
    const version = APPROVAL_RULES.parameterOf('version');
    const written =
      record.version === 0
        ? await this.table.insert(next, '(name)')
        : await this.table.update(next, `name = $${known} AND version = $${version} - 1`);
    return written === undefined ? err({ code: 'version_conflict' }) : ok(written);
  }
}

export class DatabaseApprovals implements ApprovalRepository {
  private readonly table: DatabaseTable<ApprovalRecord>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, APPROVALS);
  }

  put(approvals: readonly ApprovalRecord[]): Promise<void> {
    return this.table.upsert(approvals);
  }

  standing(entities: readonly string[]): Promise<readonly ApprovalRecord[]> {
    return this.table.select(
      `WHERE entity = ANY($1) AND withdrawn_at IS NULL AND consumed_at IS NULL
       ORDER BY approved_at, id`,
      [entities],
    );
  }

  async standingEntities(): Promise<readonly string[]> {
    const rows = await this.session.read(
      `SELECT DISTINCT entity FROM approvals
       WHERE withdrawn_at IS NULL AND consumed_at IS NULL ORDER BY entity`,
      [],
    );
    return rows.map(({ entity }) => entity as string);
  }

  consumedBy(planIds: readonly string[]): Promise<readonly ApprovalRecord[]> {
    return this.table.select('WHERE consumed_by = ANY($1) ORDER BY approved_at, id', [planIds]);
  }
}

export class DatabaseApprovalRequests implements ApprovalRequestRepository {
  private readonly table: DatabaseTable<ApprovalRequestRecord>;

  constructor(session: DatabaseSession) {
    this.table = new DatabaseTable(session, APPROVAL_REQUESTS);
  }

  ofEntities(entities: readonly string[]): Promise<readonly ApprovalRequestRecord[]> {
    return this.table.select('WHERE entity = ANY($1) ORDER BY entity, rule', [entities]);
  }

  put(requests: readonly ApprovalRequestRecord[]): Promise<void> {
    return this.table.upsert(requests);
  }
}

export class DatabaseDelegations implements DelegationRepository {
  private readonly table: DatabaseTable<DelegationRecord>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, DELEGATIONS);
  }

  get(id: string): Promise<DelegationRecord | undefined> {
    return this.table.first('WHERE id = $1', [id]);
  }

  endingAfter(now: string): Promise<readonly DelegationRecord[]> {
    return this.table.select('WHERE lent_until > $1 ORDER BY id', [now]);
  }

  async insert(delegation: DelegationRecord): Promise<void> {
    const inserted = await this.table.insert(delegation, '(id)');
    if (inserted === undefined) {
      throw new InvariantViolation(`delegation ${delegation.id} is stored already`);
    }
  }

  async remove(id: string): Promise<boolean> {
    const removed = await this.session.query('DELETE FROM delegations WHERE id = $1 RETURNING id', [
      id,
    ]);
    return removed.length > 0;
  }

  async list(page: PageRequest, person?: string): Promise<Page<DelegationRecord>> {
    const conditions = new Conditions()
      .and('(giver = ? OR lent_to = ?)', person)
      .and('id > ?', page.after);
    const found = await this.table.select(conditions.page('id', page), conditions.parameters);
    return pageOf(found, page, ({ id }) => id);
  }
}
