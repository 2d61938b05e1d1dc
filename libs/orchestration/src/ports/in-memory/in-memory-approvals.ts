import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import type {
  ApprovalRecord,
  ApprovalRepository,
  ApprovalRequestRecord,
  ApprovalRequestRepository,
  ApprovalRuleRecord,
  ApprovalRuleRepository,
  DelegationRecord,
  DelegationRepository,
} from '../approval-repositories.js';
import type { Page, PageRequest } from '../page.js';
import type { VersionConflict } from '../plan-storage.js';
import { pageByKey } from './memory-lists.js';
import { TableView } from './memory-table.js';
import type { ApprovalGroup, MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

export class InMemoryApprovalRules implements ApprovalRuleRepository {
  private readonly view: TableView<ApprovalRuleRecord>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.approvalRules, transaction);
  }

  async all(): Promise<readonly ApprovalRuleRecord[]> {
    return this.view.getMany(this.view.sortedKeys());
  }

  async put(record: ApprovalRuleRecord): Promise<Result<ApprovalRuleRecord, VersionConflict>> {
    const stored = this.view.get(record.name)?.version ?? 0;
    if (stored !== record.version) return err({ code: 'version_conflict' });
    return ok(this.view.put({ ...record, version: stored + 1 }));
  }
}

export class InMemoryApprovals implements ApprovalRepository {
  private readonly view: TableView<ApprovalRecord, ApprovalGroup>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.approvals, transaction);
  }

  async put(approvals: readonly ApprovalRecord[]): Promise<void> {
    for (const approval of approvals) this.view.put(approval);
  }

  async standing(entities: readonly string[]): Promise<readonly ApprovalRecord[]> {
    return [...new Set(entities)]
      .flatMap((entity) => this.view.inGroup('standing', entity))
      .sort(oldestFirst);
  }

  async standingEntities(): Promise<readonly string[]> {
    const entities = this.view.inGroup('anyStanding', '').map(({ entity }) => entity);
    return [...new Set(entities)].sort();
  }

  async consumedBy(planIds: readonly string[]): Promise<readonly ApprovalRecord[]> {
    return [...new Set(planIds)]
      .flatMap((planId) => this.view.inGroup('consumedBy', planId))
      .sort(oldestFirst);
  }
}

export class InMemoryApprovalRequests implements ApprovalRequestRepository {
  private readonly view: TableView<ApprovalRequestRecord, 'entity'>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.approvalRequests, transaction);
  }

  async ofEntities(entities: readonly string[]): Promise<readonly ApprovalRequestRecord[]> {
    return [...new Set(entities)]
      .sort()
      .flatMap((entity) => this.view.inGroup('entity', entity).toSorted(byRule));
  }

  async put(requests: readonly ApprovalRequestRecord[]): Promise<void> {
    for (const request of requests) this.view.put(request);
  }
}

export class InMemoryDelegations implements DelegationRepository {
  private readonly view: TableView<DelegationRecord>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.delegations, transaction);
  }

  async get(id: string): Promise<DelegationRecord | undefined> {
    return this.view.get(id);
  }

  async endingAfter(now: string): Promise<readonly DelegationRecord[]> {
    const at = Date.parse(now);
    const all = this.view.getMany(this.view.sortedKeys());
    return all.filter(({ until }) => Date.parse(until) > at);
  }

  async insert(delegation: DelegationRecord): Promise<void> {
    if (this.view.get(delegation.id) !== undefined) {
      throw new InvariantViolation(`delegation ${delegation.id} is stored already`);
    }
    this.view.put(delegation);
  }

  async remove(id: string): Promise<boolean> {
    if (this.view.get(id) === undefined) return false;
    this.view.remove(id);
    return true;
  }

  async list(page: PageRequest, person?: string): Promise<Page<DelegationRecord>> {
    return pageByKey(
      this.view,
      ({ id }) => id,
      page,
      ({ giver, to }) => person === undefined || giver === person || to === person,
    );
  }
}

function oldestFirst(a: ApprovalRecord, b: ApprovalRecord): number {
  return Date.parse(a.at) - Date.parse(b.at) || (a.id < b.id ? -1 : 1);
}

function byRule(a: ApprovalRequestRecord, b: ApprovalRequestRecord): number {
  return a.rule < b.rule ? -1 : 1;
}
