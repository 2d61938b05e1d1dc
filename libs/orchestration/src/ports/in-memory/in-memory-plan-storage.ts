import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import { goesByItself, isOpen, type Plan, type PlanState } from '@apollo-deploy/domain';
import { checkPlace } from '../check-place.js';
import type { Page, PageRequest } from '../page.js';
import type {
  OpenPlanExists,
  PlanFilter,
  PlanStorage,
  RecentPlans,
  VersionConflict,
} from '../plan-storage.js';
import type { PlaceInLine, SlotCounts, SlotHolders } from '../plan-slots.js';
import { byInstant, dueEntities, nextDue, pageAfterId, pageOfKeys } from './memory-lists.js';
import { compositeKey, TableView } from './memory-table.js';
import { type DirtyRow, type MemoryTables, type PlanGroup, slotKey } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';
import type { Slot } from './slot.js';

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

  async getMany(ids: readonly string[]): Promise<readonly Plan[]> {
    return this.view.getMany(ids);
  }

  async statesOf(ids: readonly string[]): Promise<ReadonlyMap<string, PlanState>> {
    return new Map(this.view.getMany(ids).map(({ id, state }) => [id, state]));
  }

  async insert(plan: Plan): Promise<Result<Plan, OpenPlanExists>> {
    checkPlace(plan);
    if (this.view.get(plan.id) !== undefined) {
      throw new InvariantViolation(`plan ${plan.id} was inserted twice`);
    }
    if (isOpen(plan.state) && this.view.inGroup('open', plan.entity).length > 0) {
      return err({ code: 'open_plan_exists' });
    }
    return ok(this.view.put({ ...plan, version: 1 }));
  }

  async save(plan: Plan): Promise<Result<Plan, VersionConflict>> {
    checkPlace(plan);
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

  async executing(holders: SlotHolders): Promise<SlotCounts> {
    const counts = (kind: keyof SlotHolders): ReadonlyMap<string, number> =>
      new Map(
        holders[kind].map((name) => [
          name,
          this.view.inGroup('executing', slotKey(kind, name)).length,
        ]),
      );
    return {
      environments: counts('environments'),
      products: counts('products'),
      spokes: counts('spokes'),
    };
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

  async line(
    holders: SlotHolders,
    without: SlotHolders,
    limit: number,
  ): Promise<readonly PlaceInLine[]> {
    const found = SLOT_KINDS.flatMap((kind) =>
      [...new Set(holders[kind])].flatMap((name) => {
        const slots = this.view.slotsInGroup('line', slotKey(kind, name));
        const wanted = inOrder(slots.filter(({ row }) => !needsOneOf(row, without)));
        return wanted.slice(0, limit);
      }),
    );
    return inOrder([...new Map(found.map((slot) => [slot.row.id, slot])).values()]).map(
      ({ row: { entity, environment, product, spoke, inLineSince: since = '' } }) => ({
        ...{ entity, environment, product, spoke, since },
      }),
    );
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

  async recentOf(wanted: readonly RecentPlans[], limit: number): Promise<readonly Plan[]> {
    const pages = await Promise.all(wanted.map((one) => this.list(one, { limit })));
    return pages.flatMap(({ items }) => items);
  }

  async list(filter: PlanFilter, page: PageRequest): Promise<Page<Plan>> {
    const wanted = this.mayMatch(filter).filter(({ row }) => matches(row, filter));
    return pageAfterId([...byInstant(wanted, ({ createdAt }) => createdAt)].reverse(), page);
  }

  /** Freezes, recalls and breakers ask for what executes somewhere: never through all that ended. */
  private mayMatch({ entity, environment, state }: PlanFilter): readonly Slot<Plan>[] {
    if (entity !== undefined) return this.view.slotsInGroup('entity', entity);
    if (environment === undefined || state === undefined) return this.view.all();
    return this.view.slotsInGroup('standing', compositeKey(environment, state));
  }
}

const SLOT_KINDS = ['environments', 'products', 'spokes'] as const satisfies (keyof SlotHolders)[];

function needsOneOf(plan: Plan, { environments, products, spokes }: SlotHolders): boolean {
  return (
    environments.includes(plan.environment) ||
    products.includes(plan.product) ||
    spokes.includes(plan.spoke)
  );
}

function inOrder(slots: readonly Slot<Plan>[]): readonly Slot<Plan>[] {
  const at = ({ row }: Slot<Plan>): number => Date.parse(row.inLineSince ?? '');
  return [...slots].sort((a, b) => at(a) - at(b) || a.position - b.position);
}

function matches(
  plan: Plan,
  { environment, environments, state, type, from, to }: PlanFilter,
): boolean {
  const createdAt = Date.parse(plan.createdAt);
  return (
    (environment === undefined || plan.environment === environment) &&
    (environments?.includes(plan.environment) ?? true) &&
    (state === undefined || plan.state === state) &&
    (type === undefined || plan.type === type) &&
    (from === undefined || createdAt >= Date.parse(from)) &&
    (to === undefined || createdAt < Date.parse(to))
  );
}
