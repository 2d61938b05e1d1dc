import type { OwedBreakGlass } from '../break-glass/break-glass.js';
import type { BackupRecord } from '../backups/backup-record.js';
import type { Hold } from '../holds/hold.js';
import type { Recall } from '../catalog/recall.js';
import type { PlanClass } from '../plans/plan-class.js';
import type { PlanContent } from '../plans/plan.js';
import type { AutomaticSuppression } from '../suppressions/automatic-suppression.js';
import type { BreakerCount } from '../suppressions/environment-breaker.js';
import type { DependencyFacts } from './dependency-facts.js';
import type { PromotionFacts } from './promotion-facts.js';
import type { RuleFacts } from './rule/rule-facts.js';

/** What the hub knows about a spoke's presence, judged at one instant. */
export const PRESENCES = [
  'pending',
  'connected',
  'stale',
  'disconnected',
  'lost',
  'revoked',
] as const;
export type Presence = (typeof PRESENCES)[number];

/** How many plans may execute at once, and how many do. */
export interface SlotUse {
  /** Absent = no limit. */
  readonly maxConcurrent?: number;
  /** Plans executing now, the plan in question not counted. */
  readonly executing: number;
}

/** Everything constraints may look at for one plan, at one instant. */
export interface PlanFacts {
  readonly now: Date;
  readonly planClass: PlanClass;
  /** What the plan brings. */
  readonly content: Pick<PlanContent, 'chart' | 'valuesDigest' | 'adopt' | 'fieldConflicts'>;
  /** What the release that the plan brings needs its spoke to be able to do. */
  readonly requires: readonly string[];
  readonly spoke: SlotUse & {
    readonly name: string;
    readonly presence: Presence;
    readonly lastSeenAt?: string;
    /** Whether it has said in its present session what runs. */
    readonly reported: boolean;
    /** True: it is still to tell in its present session what the ledger in its cluster holds. */
    readonly ledgerToCome?: boolean;
    /** How far its clock is ahead of the hub's, negative = behind; absent = it never said. */
    readonly clockSkewMs?: number;
    /** What it says that it can do; absent = it never said. */
    readonly capabilities?: readonly string[];
  };
  readonly environment: BreakerCount & SlotUse & { readonly name: string };
  readonly product: SlotUse & { readonly name: string };
  readonly entity: {
    readonly name: string;
    /** What is wrong with what runs, in a few words; empty where nothing is, or nothing runs. */
    readonly trouble: string;
    /** Chart, version and values are those that run, undisturbed. */
    readonly bringsWhatRuns: boolean;
    /** Its release as `namespace/name`, where Apollo did not make that; absent: it is Apollo's. */
    readonly foreignRelease?: string;
    /** Another try is due: a person asked, or the last one failed and its back-off decides when. */
    readonly askedFor: boolean;
  };
  /** Of the plan's entity; it may be over. `null` if there is none, or another target has ended it. */
  readonly suppression: AutomaticSuppression | null;
  /** Of the plan's entity; `null` if there is none, or what is desired has ended it. */
  readonly hold: Hold | null;
  /** `null`: who needs whom was not looked at. */
  readonly dependencies: DependencyFacts | null;
  /** What is known of the target release; `null` for an uninstall. */
  readonly promotion: PromotionFacts | null;
  readonly backup: {
    /** Identity of the release that the plan changes; `null` where there is none. */
    readonly base: string | null;
    /** Its backup; `null` if none was asked for, or nobody wants one. */
    readonly record: BackupRecord | null;
    /**
     * A deployment wants one of its own, made since this instant (RFC 3339): an older one is not its
     * `record`, and one that fails is not tried again. Absent: none does.
     */
    readonly since?: string;
  };
  /**
   * Of the plan's product, in whatever environment: those that nobody has reviewed yet. They waive what
   * whoever opened them may still waive.
   */
  readonly breakGlasses: readonly OwedBreakGlass[];
  /** The id of the hotfix under way that brings what the entity is to run; absent: none does. */
  readonly hotfix?: string;
  /** Of the deployment that brings it: who of an earlier wave is not known to be healthy any more; absent = nobody. */
  readonly waveBefore?: { readonly deployment: string; readonly entity: string };
  /** What covers the version that the plan brings; absent = it is not recalled. */
  readonly recall?: Recall;
  readonly rule: RuleFacts;
}
