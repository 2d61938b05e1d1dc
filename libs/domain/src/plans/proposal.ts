import type { Entity, ReportedState, Values } from '../catalog/entity.js';
import type { Candidates } from '../catalog/candidates.js';
import type { PassedOver, TargetSelection } from '../catalog/choose-release.js';
import type { Product } from '../catalog/product.js';
import type { Baseline } from './baseline.js';
import type { Decline } from './decline.js';
import type { Plan, PlanContent, PlanType } from './plan.js';
import type { PlanClass } from './plan-class.js';
import type { Restraints, SortedRestraints } from './restraints.js';
import type { RollbackDemand } from './rollback-demand.js';

/** What a hotfix brings. */
export interface HotfixUnderWay {
  /** The id of its deployment. */
  readonly deployment: string;
  readonly version: string;
  readonly chartSha256: string;
  /** A break-glass was opened for it. */
  readonly breaksGlass: boolean;
}

/** All that is known about one entity when it is evaluated. */
export interface EntityFacts extends Restraints {
  readonly entity: Entity;
  readonly product: Product;
  readonly candidates: Candidates;
  /** Absent: the spoke never reported. */
  readonly reported?: ReportedState;
  readonly openPlan?: Plan;
  readonly declines: readonly Decline[];
  /** The content that succeeded last; absent = none has. */
  readonly baseline?: Baseline;
  /**
   * What a change that fails may be taken back to, save what is recalled: contents that succeeded,
   * newest first. Absent where nothing is taken back.
   */
  readonly waysBack?: readonly Baseline[];
  /** What SUCCEEDED here and is remembered, for an entity that a pin takes back; else absent. */
  readonly succeeded?: readonly Baseline[];
  /** What a hotfix under way brings here, where nobody has changed the entity since it said so. */
  readonly hotfix?: HotfixUnderWay;
  /** The plan that a deployment under way follows here, where nobody has changed the entity since it began. */
  readonly following?: { readonly deployment: string; readonly planId: string };
  /** What keeps a later wave of a deployment under way from going here; see `waveBefore`. */
  readonly waveBefore?: { readonly deployment: string; readonly entity: string };
  /** A rollback that is still to be carried out. */
  readonly rollbackDemand?: RollbackDemand;
}

/** Why an entity needs no plan now. */
export const IDLE_CODES = [
  'no_report',
  'in_progress',
  'absent_as_desired',
  'up_to_date',
  'unhealthy',
  'no_target',
  'target_below_reported',
  'locked',
  'declined',
] as const;
export type IdleCode = (typeof IDLE_CODES)[number];

export interface ProposedPlan {
  readonly type: PlanType;
  readonly content: PlanContent;
  readonly contentKey: string;
  /** Those that `content.valuesDigest` names. */
  readonly values: Values;
  readonly from: Plan['from'];
  readonly to: Plan['to'];
  readonly reason: string;
  readonly passedOver: readonly PassedOver[];
  readonly planClass: PlanClass;
  /** The plan that it rolls back. */
  readonly rollbackOf?: string;
  /** The plan whose content it restores. */
  readonly repairOf?: string;
  /** The plan of the first step of the strategy that it goes on with. */
  readonly stepOf?: string;
  /** Another try is due: a person asked, or the last one failed and its back-off decides when. */
  readonly askedFor: boolean;
  /** Those in force. */
  readonly restraints: Restraints;
}

export type Proposal = {
  readonly target: TargetSelection;
  readonly restraints: SortedRestraints;
} & ({ readonly kind: 'plan'; readonly plan: ProposedPlan } | Idle);

interface Idle {
  readonly kind: 'nothing';
  readonly code: IdleCode;
  readonly why: string;
}

/**
 * `force`: a person asked, so declined content may be proposed again, and the automatic suppression ends.
 * `keepSuppression`: it does not, because something else keeps the entity from being tried.
 */
export interface ProposeOptions {
  readonly force?: boolean;
  readonly keepSuppression?: boolean;
}
