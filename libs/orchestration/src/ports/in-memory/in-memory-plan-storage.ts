import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import { goesByItself, isOpen, type Plan } from '@apollo-deploy/domain';
import type { Page, PageRequest } from '../page.js';
import type { OpenPlanExists, PlanFilter, PlanStorage, VersionConflict } from '../plan-storage.js';
import { byInstant, dueEntities, nextDue, pageAfterId, pageOfKeys } from './memory-lists.js';
import { TableView } from './memory-table.js';
import type { DirtyRow, MemoryTables, PlanGroup } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

export class InMemoryPlanStorage implements PlanStorage {
  private readonly view: TableView<Plan, PlanGroup>;
  private readonly dirty: TableView<DirtyRow>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.plans, transaction);
    this.dirty = new TableView(tables.dirty, transaction);
  }

  async get(id: string): Promise<Plan | undefined> {
    return this.view.get(id);
  }

  async insert(plan: Plan): Promise<Result<Plan, OpenPlanExists>> {
    if (this.view.get(plan.id) !== undefined) {
      throw new InvariantViolation(`plan ${plan.id} was inserted twice`);
    }
    if (isOpen(plan.state) && this.view.inGroup('open', plan.entity).length > 0) {
      return err({ code: 'open_plan_exists' });
    }
    return ok(this.view.put({ ...plan, version: 1 }));
  }

  async save(plan: Plan): Promise<Result<Plan, VersionConflict>> {
    const stored = this.view.get(plan.id);
    if (stored?.version !== plan.version) return err({ code: 'version_conflict' });
    const [open] = this.view.inGroup('open', plan.entity);
    if (isOpen(plan.state) && open !== undefined && open.id !== plan.id) {
      throw new InvariantViolation(`plan ${plan.id} was opened beside plan ${open.id}`);
    }
    return ok(this.view.put({ ...plan, version: plan.version + 1 }));
  }

  async openOf(entities: readonly string[]): Promise<readonly Plan[]> {
    return [...new Set(entities)].sort().flatMap((entity) => this.view.inGroup('open', entity));
  }

  async executingIn(environments: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return new Map(
      environments.map((name) => [name, this.view.inGroup('executing', name).length] as const),
    );
  }

  async dueAt(now: string, limit: number): Promise<readonly string[]> {
    return dueEntities(this.view.inGroup('timed', ''), this.dirty, now).slice(0, limit);
  }

  async nextDueAfter(now: string): Promise<string | undefined> {
    return nextDue(this.view.inGroup('timed', ''), now);
  }

  async blockedBy(code: string, environments: readonly string[]): Promise<readonly string[]> {
    return [...new Set(environments)]
      .flatMap((environment) => this.view.inGroup('blocked', environment))
      .filter(({ violations }) => violations.some((violation) => violation.code === code))
      .map(({ entity }) => entity)
      .sort();
  }

  async pendingIn(
    environments: readonly string[] | undefined,
    page: PageRequest,
  ): Promise<Page<string>> {
    const wanted = this.view
      .inGroup('pending', '')
      .filter(({ environment }) => environments?.includes(environment) ?? true)
      .map(({ entity }) => entity);
    return pageOfKeys(wanted.sort(), page);
  }

  async pendingRestores(page: PageRequest): Promise<Page<string>> {
    const wanted = this.view.inGroup('pending', '').filter(goesByItself);
    return pageOfKeys(wanted.map(({ entity }) => entity).sort(), page);
  }

  async list(filter: PlanFilter, page: PageRequest): Promise<Page<Plan>> {
    const slots =
      filter.entity === undefined
        ? this.view.all()
        : this.view.slotsInGroup('entity', filter.entity);
    const wanted = slots.filter(({ row }) => matches(row, filter));
    return pageAfterId([...byInstant(wanted, ({ createdAt }) => createdAt)].reverse(), page);
  }
}

function matches(plan: Plan, { environment, state, type, from, to }: PlanFilter): boolean {
  const createdAt = Date.parse(plan.createdAt);
  return (
    (environment === undefined || plan.environment === environment) &&
    (state === undefined || plan.state === state) &&
    (type === undefined || plan.type === type) &&
    (from === undefined || createdAt >= Date.parse(from)) &&
    (to === undefined || createdAt < Date.parse(to))
  );
}
