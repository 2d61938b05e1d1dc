import type { Plan, PlanState } from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import type {
  OpenPlanExists,
  Page,
  PageRequest,
  PlaceInLine,
  PlanFilter,
  RecentPlans,
  PlanStorage,
  SlotCounts,
  SlotHolders,
  VersionConflict,
} from '@apollo-deploy/orchestration';
import { type FilesystemSettings, FilesystemStore } from './filesystem-store.js';

/**
 * Plans alone, in a folder: for tools that need no more of a hub. Each call is a unit of work of its
 * own and durable when its promise resolves. What changes together with other things belongs into
 * a unit of work of `FilesystemStore`.
 */
export class FilesystemPlanStorage implements PlanStorage {
  private constructor(private readonly store: FilesystemStore) {}

  /** Throws what `FilesystemStore.open` throws. */
  static async open(settings: FilesystemSettings): Promise<FilesystemPlanStorage> {
    return new FilesystemPlanStorage(await FilesystemStore.open(settings));
  }

  get(id: string): Promise<Plan | undefined> {
    return this.store.transact(({ plans }) => plans.get(id));
  }

  getMany(ids: readonly string[]): Promise<readonly Plan[]> {
    return this.store.transact(({ plans }) => plans.getMany(ids));
  }

  statesOf(ids: readonly string[]): Promise<ReadonlyMap<string, PlanState>> {
    return this.store.transact(({ plans }) => plans.statesOf(ids));
  }

  insert(plan: Plan): Promise<Result<Plan, OpenPlanExists>> {
    return this.store.transact(({ plans }) => plans.insert(plan));
  }

  save(plan: Plan): Promise<Result<Plan, VersionConflict>> {
    return this.store.transact(({ plans }) => plans.save(plan));
  }

  openOf(entities: readonly string[]): Promise<readonly Plan[]> {
    return this.store.transact(({ plans }) => plans.openOf(entities));
  }

  executing(holders: SlotHolders): Promise<SlotCounts> {
    return this.store.transact(({ plans }) => plans.executing(holders));
  }

  dueAt(now: string, limit: number): Promise<readonly string[]> {
    return this.store.transact(({ plans }) => plans.dueAt(now, limit));
  }

  nextDueAfter(now: string): Promise<string | undefined> {
    return this.store.transact(({ plans }) => plans.nextDueAfter(now));
  }

  blockedBy(code: string, environments: readonly string[]): Promise<readonly string[]> {
    return this.store.transact(({ plans }) => plans.blockedBy(code, environments));
  }

  line(holders: SlotHolders, without: SlotHolders, limit: number): Promise<readonly PlaceInLine[]> {
    return this.store.transact(({ plans }) => plans.line(holders, without, limit));
  }

  pendingIn(environments: readonly string[] | undefined, page: PageRequest): Promise<Page<string>> {
    return this.store.transact(({ plans }) => plans.pendingIn(environments, page));
  }

  pendingRestores(page: PageRequest): Promise<Page<string>> {
    return this.store.transact(({ plans }) => plans.pendingRestores(page));
  }

  recentOf(wanted: readonly RecentPlans[], limit: number): Promise<readonly Plan[]> {
    return this.store.transact(({ plans }) => plans.recentOf(wanted, limit));
  }

  list(filter: PlanFilter, page: PageRequest): Promise<Page<Plan>> {
    return this.store.transact(({ plans }) => plans.list(filter, page));
  }

  /** Gives the folder free. */
  close(): Promise<void> {
    return this.store.close();
  }
}
