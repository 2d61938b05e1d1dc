export { ACCEPTED_DAY, type DayRange, parseDayRange } from './analytics/day-range.js';
export { QUANTILE_ERROR } from './analytics/duration-histogram.js';
export {
  countsOfBlocking,
  countsOfEnding,
  type PlanCount,
  type PlanCounter,
} from './analytics/plan-counts.js';
export {
  type DurationStatistics,
  type PlanStatistics,
  planStatistics,
  type ViolationCount,
} from './analytics/plan-statistics.js';
export {
  beginWaits,
  type PlanWaits,
  turnWaits,
  WAIT_KINDS,
  type WaitKind,
} from './analytics/plan-waits.js';
export type { Candidates } from './catalog/candidates.js';
export type { PassedOver, TargetSelection } from './catalog/choose-release.js';
export {
  type DesiredState,
  type Entity,
  type Health,
  HEALTHS,
  type ReportedRelease,
  type ReportedState,
  type Values,
} from './catalog/entity.js';
export {
  type Environment,
  EXECUTION_MODES,
  type ExecutionMode,
  isLowerTier,
  type Tier,
  TIERS,
} from './catalog/environment.js';
export { followsRule, NAME_RULES, type NameRule } from './catalog/names.js';
export {
  CRITICALITIES,
  type Criticality,
  DEFAULT_ROLLOUT_TIMEOUT_SECONDS,
  type Product,
} from './catalog/product.js';
export { storedRanges } from './catalog/parsed-texts.js';
export {
  type Recall,
  RECALL_STRATEGIES,
  recallOf,
  type RecallStrategy,
  tellRecall,
} from './catalog/recall.js';
export type { ChartReference, DependencyDeclaration, Release } from './catalog/release.js';
export { recallTouches } from './catalog/recall-touches.js';
export { runningVersion } from './catalog/running-version.js';
export { selectTarget } from './catalog/select-target.js';
export { compareVersions, formatVersion, parseVersion, type Version } from './catalog/version.js';
export { parseRange, rangeAllows, type VersionRange } from './catalog/version-range.js';
export {
  applicable,
  type ApplicabilityRow,
  bearingOf,
  type ClassedPlan,
  type TabledConstraint,
} from './constraints/applicability.js';
export type { Constraint, ConstraintResult } from './constraints/constraint.js';
export type { Noted, Violation } from './constraints/violation.js';
export { earliestAt, evaluateConstraints } from './constraints/constraint-evaluator.js';
export {
  type BuiltInConstraint,
  type ConstraintKind,
  NO_SPEC,
  type SpecRefusal,
} from './constraints/constraint-kind.js';
export { ConstraintSet } from './constraints/constraint-set.js';
export { dependencyRangeViolations } from './constraints/dependency.js';
export type { DependencyFacts, Installation } from './constraints/dependency-facts.js';
export { BUILT_IN_CONSTRAINTS } from './constraints/index.js';
export { CONSTRAINT_KINDS, type ConstraintKindName } from './constraints/kinds/index.js';
export { waitsInLine } from './constraints/concurrency.js';
export { placeLeftBy, placeOf } from './plans/place-in-line.js';
export { type PlanFacts, type Presence, PRESENCES } from './constraints/plan-facts.js';
export type { CandidateFacts, PromotionFacts, SourceRun } from './constraints/promotion-facts.js';
export type { RuleFacts } from './constraints/rule/rule-facts.js';
export { type ReadConstraint, readStored } from './constraints/read-stored.js';
export { readableScope } from './constraints/readable-scope.js';
export { inScope, reaches, type Scope, type ScopeSubject } from './constraints/scope.js';
export type { StoredConstraint } from './constraints/stored-constraint.js';
export { VIOLATION_CODES, type ViolationCode } from './constraints/violation-codes.js';
export {
  describeHold,
  type HeldContent,
  type Hold,
  HOLD_CAUSES,
  HOLD_ENDS,
  type HoldCause,
  type HoldEnd,
  namesOtherContent,
} from './holds/hold.js';
export { refusal, type Refusal, REFUSAL_CODES, type RefusalCode } from './errors.js';
export { type Baseline, BASELINES_KEPT, type RestorableContent } from './plans/baseline.js';
export { type BackupRecord, nextTryAt } from './backups/backup-record.js';
export type { Decline } from './plans/decline.js';
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
} from './plans/plan-lifecycle.js';
export { PLAN_CLASSES, type PlanClass } from './plans/plan-class.js';
export { isCoveredBy } from './plans/covered-by.js';
export { divertedDemand, type RollbackDemand, wayBack } from './plans/rollback-demand.js';
export { isRollbackTarget, isTakenBack, withRollbackTarget } from './plans/rollback-target.js';
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
  type PlanType,
} from './plans/plan.js';
export { proposePlan } from './plans/propose-plan.js';
export {
  type EntityFacts,
  IDLE_CODES,
  type IdleCode,
  type Proposal,
  type ProposedPlan,
  type ProposeOptions,
} from './plans/proposal.js';
export type { Restraints } from './plans/restraints.js';
export { type RunningContent, runningContent } from './plans/running-content.js';
export { healthyTime, pauseRun, resumeRun, type RunRecord } from './promotion/run-record.js';
export type { FieldRefusal } from './schedules/field-refusal.js';
export { ACCEPTED_INSTANT, parseInstant } from './schedules/instant.js';
export {
  type MaintenanceWindow,
  parseMaintenanceWindow,
  WINDOW_LAYERS,
  type WindowLayer,
} from './schedules/maintenance-window.js';
export { occurrences } from './schedules/occurrences.js';
export { openingAt } from './schedules/opening-at.js';
export { parseSuppressionWindow, type SuppressionWindow } from './schedules/suppression-window.js';
export { type DoesNotFit, doesNotFit } from './schedules/time-left.js';
export type {
  MaintenanceReason,
  SuppressionReason,
  WindowAnswer,
  WindowReason,
} from './schedules/window-answer.js';
export type { WindowFields } from './schedules/window-fields.js';
export { evaluateWindows, type Windows, WindowSchedule } from './schedules/window-schedule.js';
export {
  type AutomaticSuppression,
  isSuppressedAt,
  suppressionAfter,
} from './suppressions/automatic-suppression.js';
export {
  type BreakerCount,
  mayOpenBreaker,
  type OpenBreaker,
  openBreaker,
} from './suppressions/environment-breaker.js';
