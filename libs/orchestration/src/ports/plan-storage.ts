import type { Plan, PlanState, PlanType } from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import type { Page, PageRequest } from './page.js';
import type { PlaceInLine, SlotCounts, SlotHolders } from './plan-slots.js';

/** The stored version was not the expected one: somebody else was faster. */
export interface VersionConflict {
  readonly code: 'version_conflict';
}

/** The entity has an open plan already. */
export interface OpenPlanExists {
  readonly code: 'open_plan_exists';
}

export interface PlanFilter {
  readonly entity?: string;
  readonly environment?: string;
  /** In one of these; absent = in all, none = nowhere. */
  readonly environments?: readonly string[];
  readonly state?: PlanState;
  readonly type?: PlanType;
  /** Created at or after. RFC 3339. */
  readonly from?: string;
  /** Created before. RFC 3339. */
  readonly to?: string;
}

/** Plans of an entity from an instant on. */
export interface RecentPlans {
  readonly entity: string;
  /** Created at or after. RFC 3339. */
  readonly from: string;
}

/**
 * Plans. At most one open plan an entity, whoever races. One that stands in line although more than
 * limits hold it is not kept: `InvariantViolation`.
 */
export interface PlanStorage {
  get(id: string): Promise<Plan | undefined>;
  /** Those of these ids that are ids of stored plans, in any order. */
  getMany(ids: readonly string[]): Promise<readonly Plan[]>;
  /** The states of those of these ids that are ids of stored plans. */
  statesOf(ids: readonly string[]): Promise<ReadonlyMap<string, PlanState>>;
  /** Keeps a new plan as version 1. */
  insert(plan: Plan): Promise<Result<Plan, OpenPlanExists>>;
  /** Writes only if the stored version is `plan.version`; answers the plan with the next one. */
  save(plan: Plan): Promise<Result<Plan, VersionConflict>>;
  /** The open plans of these entities. */
  openOf(entities: readonly string[]): Promise<readonly Plan[]>;
  /** How many plans execute now in, of and on each of these. */
  executing(holders: SlotHolders): Promise<SlotCounts>;
  /**
   * Entities whose PENDING or BLOCKED plan has a `recheckAt` at or before `now` and that nobody has marked yet,
   * the longest due first, at most `limit`. They stay due until they are marked, and after that until
   * their plan is saved with another instant, or in another state.
   */
  dueAt(now: string, limit: number): Promise<readonly string[]>;
  /** The first `recheckAt` of a PENDING or BLOCKED plan after `now`; RFC 3339. */
  nextDueAfter(now: string): Promise<string | undefined>;
  /** Entities whose BLOCKED plan in these environments has a violation of this code, in order. */
  blockedBy(code: string, environments: readonly string[]): Promise<readonly string[]>;
  /**
   * Of the line of each of these holders the first `limit` plans, as if those that also need a slot
   * of one of `without` were not there: who is BLOCKED and `inLineSince`, the earliest first, and of
   * one instant who was stored first.
   */
  line(holders: SlotHolders, without: SlotHolders, limit: number): Promise<readonly PlaceInLine[]>;
  /** Entities with a PENDING plan, in order; `environments` absent = in all. */
  pendingIn(environments: readonly string[] | undefined, page: PageRequest): Promise<Page<string>>;
  /** Entities with a PENDING plan that `goesByItself` everywhere, in order. */
  pendingRestores(page: PageRequest): Promise<Page<string>>;
  /** The newest `limit` of each of these entities, each entity once; of an entity newest first. */
  recentOf(wanted: readonly RecentPlans[], limit: number): Promise<readonly Plan[]>;
  /** Newest first. */
  list(filter: PlanFilter, page: PageRequest): Promise<Page<Plan>>;
}
