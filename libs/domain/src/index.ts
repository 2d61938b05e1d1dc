export { ACCEPTED_DAY, type DayRange, parseDayRange } from './analytics/day-range.js';
export {
  DORA_RULES,
  doraAsOf,
  type DoraDurations,
  type DoraFigures,
  doraFigures,
  type DoraInterval,
  type DoraShare,
} from './analytics/dora-figures.js';
export { type DoraPlan, type DoraRow, doraRow, plansToTell } from './analytics/dora-row.js';
export { DORA_ATTRIBUTION_HOURS, DORA_EXCLUSIONS } from './analytics/dora-units.js';
export { QUANTILE_ERROR } from './analytics/duration-histogram.js';
export {
  countsOfApproval,
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
export { AccreditationRouter, type Routing } from './approvals/accreditation-router.js';
export type { ApprovalFields } from './approvals/approval-fields.js';
export {
  type Approval,
  consumeApprovals,
  type Person,
  returnApprovals,
  stands,
} from './approvals/approval.js';
export {
  type ApprovalRule,
  type Escalation,
  parseApprovalRule,
  parseRuleDemand,
} from './approvals/approval-rule.js';
export { askAgain } from './approvals/ask-again.js';
export { type Authors, authorsOf } from './approvals/authors.js';
export {
  type ApprovalFacts,
  SET_ASIDE_REASONS,
  type SetAsideReason,
} from './approvals/count-approvals.js';
export { checkDelegation, type Delegation } from './approvals/delegation.js';
export { DEFAULT_APPROVAL_RULES } from './approvals/default-approval-rules.js';
export { type JudgedGates, judgeGates } from './approvals/judge-gates.js';
export type { JudgedGate } from './approvals/judged-gate.js';
export { type LapsesUnused, lapsesUnused } from './approvals/lapses-unused.js';
export {
  type ApprovalSubject,
  type PlanSelector,
  selects,
  STRATEGIES,
} from './approvals/plan-selector.js';
export { type DecisionFacts, refuseLate } from './approvals/decision.js';
export { giveApproval } from './approvals/give-approval.js';
export { rejectPlan } from './approvals/reject-plan.js';
export { withdrawApproval } from './approvals/withdraw-approval.js';
export {
  parseApprovalSubject,
  parseImaginedApproval,
  parsePerson,
} from './approvals/read-given.js';
export { parseSelector } from './approvals/read-selector.js';
export {
  judgeWaiting,
  NEW_REQUEST,
  type RequestClock,
  requestRuns,
  setRequestClock,
} from './approvals/request-clock.js';
export type { Candidates } from './catalog/candidates.js';
export type { PassedOver, TargetSelection } from './catalog/choose-release.js';
export { compareValues, type ValueChange, type ValueChanges } from './catalog/compare-values.js';
export {
  askedForAnew,
  earlierEditors,
  editedAnew,
  editsOf,
  isSameWish,
} from './catalog/entity-edits.js';
export {
  type DesiredState,
  type Entity,
  FIELD_CONFLICTS,
  type FieldConflicts,
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
export { type InlineSecret, inlineSecrets } from './catalog/inline-secrets.js';
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
  givesWay,
  type TabledConstraint,
} from './constraints/applicability.js';
export type { Constraint, ConstraintResult } from './constraints/constraint.js';
export type { Noted, Violation } from './constraints/violation.js';
export { earliestAt, evaluateConstraints } from './constraints/constraint-evaluator.js';
export { CLOCK_SKEW_MAX_MS } from './constraints/spoke-ready.js';
export {
  type BuiltInConstraint,
  type ConstraintKind,
  NO_SPEC,
  type SpecRefusal,
} from './constraints/constraint-kind.js';
export { ConstraintSet } from './constraints/constraint-set.js';
export { dependencyRangeViolations } from './constraints/dependency.js';
export type { DependencyFacts, Installation } from './constraints/dependency-facts.js';
export {
  type BreakGlass,
  type BreakGlassReview,
  type OwedBreakGlass,
  isInForce,
  isOverdue,
  REVIEW_VERDICTS,
  type ReviewVerdict,
  usedBy,
  WAIVABLE,
  type Waivable,
} from './break-glass/break-glass.js';
export { asBacked } from './break-glass/as-backed.js';
export { type BreakGlassAsked, openBreakGlass } from './break-glass/open-break-glass.js';
export { refuseToOweMore } from './break-glass/owe-no-more.js';
export {
  endBreakGlass,
  reviewBreakGlass,
  type ReviewGiven,
} from './break-glass/review-break-glass.js';
export { glassesIn, glassThatWaives, waived, waivedFor } from './break-glass/waiving.js';
export { BACKUP_OF_DEPLOYMENT } from './constraints/kinds/backup.js';
export { BUILT_IN_CONSTRAINTS } from './constraints/index.js';
export { CONSTRAINT_KINDS, type ConstraintKindName } from './constraints/kinds/index.js';
export { waitsInLine } from './constraints/concurrency.js';
export { checkAboveHotfix } from './pipeline/above-hotfix.js';
export { backPortOwed, owesBackPort, type ServicePlace } from './pipeline/back-port.js';
export { hotfixReason } from './pipeline/hotfix-reason.js';
export { hotfixWaives } from './pipeline/hotfix-waives.js';
export { verdictOf } from './pipeline/health-verdict.js';
export { highestPlaces } from './pipeline/highest-places.js';
export {
  checkPromotionPath,
  PROMOTION_PATHS,
  type PromotionPath,
  tellPath,
} from './pipeline/promotion-path.js';
export {
  type PromotionProof,
  type PromotionSource,
  proveSource,
  type SourceDeployment,
} from './pipeline/promotion-source.js';
export { hasBegun, onlyWaits } from './pipeline/only-waits.js';
export { restoredValues, type RestoredValues } from './pipeline/restored-values.js';
export { isNewer, standingVersions, versionBefore } from './pipeline/version-before.js';
export { placeLeftBy, placeOf } from './plans/place-in-line.js';
export { type PlanFacts, type Presence, PRESENCES } from './constraints/plan-facts.js';
export type { CandidateFacts, PromotionFacts, SourceRun } from './constraints/promotion-facts.js';
export type { RuleFacts } from './constraints/rule/rule-facts.js';
export { type ReadConstraint, readStored } from './constraints/read-stored.js';
export { readableScope } from './constraints/readable-scope.js';
export { inScope, reaches, type Scope, type ScopeSubject } from './constraints/scope.js';
export { isShown, scopeShownTo, shownScope, type ShownTo } from './constraints/shown-scope.js';
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
export {
  type Authority,
  authorityOf,
  environmentsFor,
  mayDo,
  narrowed,
  type Place,
  type TokenScope,
} from './people/authority.js';
export {
  isForPeopleOnly,
  isPermission,
  LOCAL_PERMISSIONS,
  type Permission,
  PERMISSIONS,
  rolesWith,
} from './people/permissions.js';
export { type HeldRoles, type RoleGrant, rolesAnywhere, rolesIn } from './people/held-roles.js';
export { isTokenText, tokenText } from './people/token-text.js';
export { isReservedName } from './people/reserved-names.js';
export { isRole, type Role, ROLES } from './people/role.js';
export { type Baseline, BASELINES_KEPT, type RestorableContent } from './plans/baseline.js';
export { carriedVersion } from './plans/carried-version.js';
export {
  CHAIN_START,
  type ChainHead,
  type ChainLine,
  lineText,
  nextLine,
} from './audit/audit-chain.js';
export { ChainCheck, type ChainFault } from './audit/chain-check.js';
export { momentsOf, noticesOf, type ToldDeployment } from './pipeline/notices.js';
export {
  type FailedAttempt,
  newNotification,
  type Notice,
  type Notification,
  NOTIFICATION_STATUSES,
  notificationFailed,
  notificationReplayed,
  type NotificationStatus,
  notificationStatusOf,
  notificationTaken,
  type NamedReceiver,
  type Receiver,
  RECEIVERS,
  webhookOf,
  webhookReceiver,
} from './pipeline/notification.js';
export { type ToldEvent, webhookBody } from './webhooks/webhook-body.js';
export {
  secretsAt,
  wantsToHear,
  type Webhook,
  WEBHOOK_EVENTS,
  WEBHOOK_KINDS,
  type WebhookEvent,
  WEBHOOKS_MAX,
} from './webhooks/webhook.js';
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
export { isChange, PLAN_CLASSES, type PlanClass } from './plans/plan-class.js';
export { contradictionOf, type ReportedRecord } from './plans/contradicted-success.js';
export { isCoveredBy, isStepOf } from './plans/covered-by.js';
export { divertedDemand, type RollbackDemand, wayBack } from './plans/rollback-demand.js';
export { isTakenBack, wayBackOf, withRollbackTarget } from './plans/rollback-target.js';
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
export {
  type Deployment,
  DEPLOYMENT_BACKUPS,
  DEPLOYMENT_KINDS,
  DEPLOYMENT_STRATEGIES,
  type DeploymentBackup,
  deploymentId,
  type DeploymentKind,
  type DeploymentStrategy,
  type DeploymentTarget,
  type HealthLook,
  secondsBetween,
  TARGET_STATES,
} from './pipeline/deployment.js';
export {
  DEPLOYMENT_STATUSES,
  type DeploymentEnd,
  type DeploymentStatus,
  hasEnded,
  stepTo,
} from './pipeline/deployment-lifecycle.js';
export {
  type DeploymentFacts,
  followDeployment,
  type FollowedDeployment,
  type Move,
} from './pipeline/follow-deployment.js';
export type { FollowedPlan, FollowedRollback, TargetFacts } from './pipeline/target-facts.js';
export type { Wait } from './pipeline/tell-waits.js';
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
  DECLARED_STRATEGIES,
  type DeclaredStrategy,
  desiredValues,
  type Rollout,
  rolloutIn,
  type RolloutValues,
  saysRollout,
  withoutRollout,
} from './strategies/rollout.js';
export { firstStep, isMidway, nextStep, type TargetRollout } from './strategies/target-rollout.js';
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
