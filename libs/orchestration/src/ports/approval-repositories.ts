import type { Approval, ApprovalRule, Delegation, RequestClock } from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import type { Page, PageRequest } from './page.js';
import type { VersionConflict } from './plan-storage.js';

/** What people made of the approval rule of a name. Where nothing is stored, a default rule stands. */
export interface ApprovalRuleRecord {
  readonly name: string;
  /** `null`: taken away, also where a default rule has this name. */
  readonly rule: ApprovalRule | null;
  /** Who said so last. */
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
  readonly version: number;
}

/** Approval rules by their names. There are few, and the engine wants them all. */
export interface ApprovalRuleRepository {
  /** In the order of their names, those that were taken away among them. */
  all(): Promise<readonly ApprovalRuleRecord[]>;
  /**
   * Writes only if the stored version is `record.version`, 0 where nothing is stored; answers the
   * record with the next one.
   */
  put(record: ApprovalRuleRecord): Promise<Result<ApprovalRuleRecord, VersionConflict>>;
}

/** One person's word on a plan, as it is kept. */
export interface ApprovalRecord extends Approval {
  readonly id: string;
  readonly entity: string;
  /** The plan that the person looked at; another one of the same content goes by it as well. */
  readonly planId: string;
  /** The plan that went by it. */
  readonly consumedBy?: string;
}

/** Approvals, each kept for ever. */
export interface ApprovalRepository {
  /** Writes them by their ids, whatever was there. */
  put(approvals: readonly ApprovalRecord[]): Promise<void>;
  /** Of plans of these entities what stands: neither taken back nor consumed. Oldest first. */
  standing(entities: readonly string[]): Promise<readonly ApprovalRecord[]>;
  /** The entities of whose plans something stands, in order. */
  standingEntities(): Promise<readonly string[]>;
  /** What these plans went by. Oldest first. */
  consumedBy(planIds: readonly string[]): Promise<readonly ApprovalRecord[]>;
}

/** That people are asked to answer the gate of one rule, and for how long they could have. */
export interface ApprovalRequestRecord extends RequestClock {
  readonly entity: string;
  readonly rule: string;
  /** Of another plan it says nothing. */
  readonly planId: string;
  /** When people were asked first, and when others were asked as well. RFC 3339. */
  readonly askedAt?: string;
  readonly escalatedAt?: string;
}

/** Requests for approval, one for each entity and rule: that of its newest plan. */
export interface ApprovalRequestRepository {
  ofEntities(entities: readonly string[]): Promise<readonly ApprovalRequestRecord[]>;
  put(requests: readonly ApprovalRequestRecord[]): Promise<void>;
}

export interface DelegationRecord extends Delegation {
  readonly id: string;
}

/** Roles that people lend each other. */
export interface DelegationRepository {
  get(id: string): Promise<DelegationRecord | undefined>;
  /** Those that end after `now` (RFC 3339), which may still be to begin; in the order of their ids. */
  endingAfter(now: string): Promise<readonly DelegationRecord[]>;
  /** Keeps a new one; its id must be free. */
  insert(delegation: DelegationRecord): Promise<void>;
  /** Takes it out. False if there is none of that id. */
  remove(id: string): Promise<boolean>;
  /** In the order of their ids; `person` given = those by or to that person. */
  list(page: PageRequest, person?: string): Promise<Page<DelegationRecord>>;
}
