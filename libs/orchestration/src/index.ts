export { type PlanAnalytics, planAnalytics, type PlanGroup } from './analytics/plan-analytics.js';
export { addToChannel, type ChannelAddition } from './catalog/add-to-channel.js';
export { createEnvironment, type NewEnvironment } from './catalog/create-environment.js';
export {
  changeEnvironmentLimit,
  changeProductLimit,
  changeSpokeLimit,
} from './catalog/change-limit.js';
export { createProduct, type NewProduct } from './catalog/create-product.js';
export { issueSpokeToken, type SpokeTokenRequest } from './catalog/issue-spoke-token.js';
export { type EntityInput, putEntity } from './catalog/put-entity.js';
export { type NewRelease, registerRelease } from './catalog/register-release.js';
export {
  addConstraint,
  type NewConstraint,
  removeConstraint,
} from './constraints/add-constraint.js';
export { holdEntity, liftHold, type NewHold } from './constraints/hold-entity.js';
export { liftSuppression } from './constraints/lift-suppression.js';
export {
  type NewSchedule,
  RecurringScheduleService,
} from './constraints/recurring-schedule-service.js';
export type { Context } from './context.js';
export { planNotFound } from './engine/dispatch-plan.js';
export {
  ENTITY_STATUSES,
  type EntityStatus,
  type EntityView,
  listEntities,
  viewEntity,
} from './engine/entity-view.js';
export type { OnUnreadableConstraint } from './engine/constraint-cache.js';
export type { OnEvaluationBug } from './engine/evaluate-entities.js';
export type { PlanExplanation } from './engine/explain-plan.js';
export type { EvaluationSummary } from './engine/evaluation-summary.js';
export { OrchestrationEngine } from './engine/orchestration-engine.js';
export { type Resolution, resolvePlan } from './engine/resolve-plan.js';
export { AnnouncingStore } from './events/announcing-store.js';
export { AlarmLoop, type AlarmLoopOptions } from './scheduling/alarm-loop.js';
export type { ClaimedOccurrences } from './scheduling/claim-occurrences.js';
export {
  type ReevaluationOptions,
  ReevaluationScheduler,
} from './scheduling/reevaluation-scheduler.js';
export { addRecall, type NewRecall } from './recalls/add-recall.js';
export { withdrawRecall } from './recalls/withdraw-recall.js';
export { acknowledgeMessage } from './spokes/acknowledge-message.js';
export { clockSkew, isWorthNoting, recordClockSkew } from './spokes/clock-skew.js';
export { learnOfPlans } from './spokes/learn-of-plans.js';
export { maxConcurrentOf } from './spokes/max-concurrent.js';
export { presenceOf, type PresenceFacts } from './spokes/presence.js';
export { recordHeartbeats } from './spokes/record-heartbeats.js';
export { recordPlanProgress } from './spokes/record-plan-progress.js';
export {
  PlanMovedError,
  recordPlanResult,
  type SpokeVerdict,
} from './spokes/record-plan-result.js';
export {
  type FullState,
  recordFullState,
  recordStateDelta,
  type ReleaseName,
  type ReleaseReportBody,
  type StateDelta,
  type StateReceipt,
} from './spokes/record-state.js';
export {
  authenticateSpoke,
  closeSession,
  openSession,
  type SpokeSession,
} from './spokes/spoke-session.js';
export {
  ANALYTICS_DIMENSIONS,
  type AnalyticsDimension,
  type AnalyticsRepository,
  type CounterSum,
} from './ports/analytics-repository.js';
export { checkPlace } from './ports/check-place.js';
export { type Clock, VirtualClock } from './ports/clock.js';
export { CountingIds, type Ids } from './ports/ids.js';
export type { Timer } from './ports/timer.js';
export { CommitSignalDraft, CommitSignals } from './ports/commit-signals.js';
export type { EventLog, NewEvent, StoredEvent, UnknownEvent } from './ports/event-log.js';
export { InMemoryStore, type MemoryStoreOptions } from './ports/in-memory/in-memory-store.js';
export { type RowChange, TABLE_NAMES, type TableName } from './ports/in-memory/row-change.js';
export {
  type Lease,
  LEASE_REACH,
  leaseEnd,
  type LeaseRepository,
  type LeaseRequest,
} from './ports/leases.js';
export type { OccurrenceRecord, OccurrenceRepository } from './ports/occurrences.js';
export type {
  Declaration,
  DependentPlace,
  PlacedEntity,
  ProductNeed,
  ProviderPlace,
} from './ports/neighbourhood.js';
export type { PlaceInLine, SlotCounts, SlotHolders } from './ports/plan-slots.js';
export { type Page, pageOf, type PageRequest, rowsToRead } from './ports/page.js';
export type {
  OpenPlanExists,
  PlanFilter,
  PlanStorage,
  VersionConflict,
} from './ports/plan-storage.js';
export { ENGINE, type Principal } from './ports/principal.js';
export type {
  AutomaticSuppressionRepository,
  HoldRepository,
} from './ports/restraint-repositories.js';
export type {
  AuditEntry,
  EvaluationRecord,
  IdempotencyRecord,
  OutboxMessage,
  ReleaseStateRecord,
  ReleaseSummary,
  Settling,
  SpokeHello,
  SpokeRecord,
} from './ports/records.js';
export type {
  BaselineRepository,
  RollbackDemandRepository,
} from './ports/rollback-repositories.js';
export type { BackupRepository } from './ports/backup-repository.js';
export type { RunRepository } from './ports/run-repository.js';
export type { RecallRepository } from './ports/recalls.js';
export { type CommitSignal, MISSED, type Store, StoreUnavailable } from './ports/store.js';
export type { AlreadyExists } from './ports/already-exists.js';
export type {
  ChannelEntry,
  ChannelRepository,
  ChartRepository,
  EnvironmentRepository,
  ProductRepository,
  ReleaseRepository,
} from './ports/catalog-repositories.js';
export type {
  EntityFilter,
  EntityRepository,
  InstantRange,
  ReleaseFilter,
  ReleaseStateRepository,
  SpokeRepository,
} from './ports/fleet-repositories.js';
export type {
  AuditFilter,
  AuditTrail,
  ConstraintRepository,
  DeclineRepository,
  DirtyQueue,
  EvaluationRepository,
  IdempotencyRepository,
  Outbox,
  UnitOfWork,
} from './ports/unit-of-work.js';
export { reportedRelease } from './spokes/release-state.js';
