export { placeLeftBy, placeOf } from './place-in-line.js';
export { type Baseline, BASELINES_KEPT, type RestorableContent } from './baseline.js';
export { carriedVersion } from './carried-version.js';
export type { Decline } from './decline.js';
export {
  CANCEL_REASONS,
  type CancelReason,
  isOpen,
  mayMove,
  OPEN_PLAN_STATES,
  PLAN_OUTCOMES,
  PLAN_PHASES,
  PLAN_STATES,
  PLAN_TRANSITIONS,
  type PlanOutcome,
  type PlanPhase,
  type PlanState,
} from './plan-lifecycle.js';
export { isChange, PLAN_CLASSES, type PlanClass } from './plan-class.js';
export { contradictionOf, type ReportedRecord } from './contradicted-success.js';
export { isCoveredBy, isStepOf } from './covered-by.js';
export { divertedDemand, type RollbackDemand, wayBack } from './rollback-demand.js';
export { isTakenBack, wayBackOf, withRollbackTarget } from './rollback-target.js';
export {
  goesByItself,
  isUnderWay,
  contentJson,
  contentKey,
  movePlan,
  type Plan,
  PLAN_TYPES,
  type PlanBase,
  type PlanContent,
  planDigest,
  type PlanEvidence,
  type PlanProgress,
  type PlanType,
} from './plan.js';
export { proposePlan } from './propose-plan.js';
export {
  type EntityFacts,
  IDLE_CODES,
  type IdleCode,
  type Proposal,
  type ProposedPlan,
  type ProposeOptions,
} from './proposal.js';
export type { Restraints } from './restraints.js';
export { type RunningContent, runningContent } from './running-content.js';
