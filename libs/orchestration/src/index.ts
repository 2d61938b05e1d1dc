export { type DoraMetrics, doraMetrics } from './analytics/dora-metrics.js';
export { type PlanAnalytics, planAnalytics, type PlanGroup } from './analytics/plan-analytics.js';
export {
  addApprovalRule,
  listApprovalRules,
  removeApprovalRule,
  replaceApprovalRule,
} from './approvals/approval-rules.js';
export type { ApprovalGiven, Yes } from './approvals/approve-plan.js';
export { lendRoles, type NewDelegation, takeRolesBack } from './approvals/delegations.js';
export type { PlanApproval, PlanWithApproval, ShownApproval } from './approvals/plan-approvals.js';
export type { RuleInForce } from './approvals/rules-in-force.js';
export { loadApprovalSubject } from './approvals/load-approval-subject.js';
export { loadWords, type Words } from './approvals/load-words.js';
export { auditHead, auditHeadsAt, auditLines } from './audit/audit-lines.js';
export { AuditSequencer } from './audit/audit-sequencer.js';
export { addToChannel, type ChannelAddition } from './catalog/add-to-channel.js';
export { createEnvironment, type NewEnvironment } from './catalog/create-environment.js';
export {
  changeEnvironmentLimit,
  changeProductLimit,
  changeSpokeLimit,
} from './catalog/change-limit.js';
export { createProduct, type NewProduct } from './catalog/create-product.js';
export { type AdoptionInput, adoptRelease, leaveRelease } from './catalog/adopt-release.js';
export { type EntityInput, putEntity } from './catalog/put-entity.js';
export { type NewRelease, registerRelease } from './catalog/register-release.js';
export {
  addConstraint,
  type NewConstraint,
  removeConstraint,
} from './constraints/add-constraint.js';
export {
  constraintShownTo,
  listShownConstraints,
  showConstraint,
} from './constraints/shown-constraints.js';
export { holdEntity, liftHold, type NewHold } from './constraints/hold-entity.js';
export { liftSuppression } from './constraints/lift-suppression.js';
export {
  type NewSchedule,
  RecurringScheduleService,
} from './constraints/recurring-schedule-service.js';
export type { Context } from './context.js';
export { planNotFound } from './engine/plan-refusals.js';
export {
  ENTITY_STATUSES,
  type EntityStatus,
  type EntityView,
  listEntities,
  viewEntity,
} from './engine/entity-view.js';
export type { OnUnreadableConstraint } from './engine/constraint-cache.js';
export type { OnEvaluationBug } from './engine/evaluate-entities.js';
export { diffPlan, type PlanDiff } from './engine/diff-plan.js';
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
export {
  authoritiesNow,
  authorityByIssuer,
  type Credentials,
  type Standing,
} from './people/authorities-now.js';
export { authenticateToken, type TokenHolder } from './people/authenticate-token.js';
export { ensureAdmin } from './people/ensure-admin.js';
export {
  authenticateLoginSession,
  type SessionHolder,
} from './people/authenticate-login-session.js';
export { endLoginSession, endLoginSessions } from './people/end-login-sessions.js';
export { endVouchedSessions } from './people/end-vouched-sessions.js';
export { startLoginSession, type NewLogin } from './people/start-login-session.js';
export { issueToken, type NewToken, TOKEN_DAYS_MAX } from './people/issue-token.js';
export { revokeToken, type TokenToRevoke } from './people/revoke-token.js';
export { setRoles, type NewRoles } from './people/set-roles.js';
export { backedNow } from './break-glass/backed-now.js';
export { endBreakGlass } from './break-glass/end-break-glass.js';
export { type NewBreakGlass, openBreakGlass } from './break-glass/open-break-glass.js';
export { reviewBreakGlass } from './break-glass/review-break-glass.js';
export {
  DeploymentFollower,
  type DeploymentFollowerOptions,
} from './pipeline/deployment-follower.js';
export { RequestRepeated } from './pipeline/keep-request.js';
export { environmentNotFound, findEnvironment } from './pipeline/find-environment.js';
export type { FollowTools } from './pipeline/follow-tools.js';
export {
  historyOf,
  listDeployments,
  type ListedDeployment,
  showDeployment,
  type ShownDeployment,
} from './pipeline/read-deployments.js';
export { whyNotImmediate } from './pipeline/rollouts.js';
export { type HotfixRequest, requestHotfix } from './pipeline/hotfix.js';
export type { RequestedHotfix } from './pipeline/hotfix-break-glass.js';
export { promote } from './pipeline/promote.js';
export { rollBack } from './pipeline/roll-back.js';
export { readServiceStatus, type ServiceStatus } from './pipeline/read-service-status.js';
export { type DeploymentRequest, requestDeployment } from './pipeline/request-deployment.js';
export { addRecall, type NewRecall } from './recalls/add-recall.js';
export { withdrawRecall } from './recalls/withdraw-recall.js';
export { acknowledgeMessage } from './spokes/acknowledge-message.js';
export { sees } from './spokes/sight.js';
export { recordBlindness } from './spokes/record-blindness.js';
export { clockSkew, isWorthNoting, recordClockSkew } from './spokes/clock-skew.js';
export { recordAlarm } from './spokes/record-alarm.js';
export { keepsAuditHeads, tellsLedger } from './spokes/capabilities.js';
export { learnOfPlans } from './spokes/learn-of-plans.js';
export { maxConcurrentOf } from './spokes/max-concurrent.js';
export { presenceOf, type PresenceFacts } from './spokes/presence.js';
export { recordHeartbeats } from './spokes/record-heartbeats.js';
export {
  recordPlanProgress,
  recordPlanWaiting,
  type SpokeProgress,
} from './spokes/record-plan-progress.js';
export { PlanMovedError } from './spokes/plan-moved-error.js';
export { recordPlanResult, type SpokeVerdict } from './spokes/record-plan-result.js';
export {
  type FullState,
  recordFullState,
  recordStateDelta,
  type ReleaseName,
  type ReleaseReportBody,
  type StateDelta,
  type StateReceipt,
} from './spokes/record-state.js';
export { recordTrust } from './spokes/record-trust.js';
export { closeSession, openSession, type SpokeSession } from './spokes/spoke-session.js';
export { acceptSpoke, type Acceptance } from './trust/accept-spoke.js';
export {
  authenticateSpoke,
  type AuthenticatedSpoke,
  type ShownToken,
} from './trust/authenticate-spoke.js';
export { endJoinTokens } from './trust/end-join-tokens.js';
export { unusedJoinTokens } from './trust/unused-join-tokens.js';
export { issueJoinToken, type JoinTokenRequest } from './trust/issue-join-token.js';
export {
  addKeySet,
  ensureKeySet,
  type KeySetDemand,
  type SignedKeySet,
} from './trust/add-key-set.js';
export { type JoinDemand, type JoinedSpoke, joinSpoke } from './trust/join-spoke.js';
export { revokeSpoke, type Revocation } from './trust/revoke-spoke.js';
export { type NextKey, storeNextKey } from './trust/store-next-key.js';
export {
  ANALYTICS_DIMENSIONS,
  type AnalyticsDimension,
  type AnalyticsRepository,
  type CounterSum,
} from './ports/analytics-repository.js';
export {
  type AgentInstance,
  ALARM_KINDS,
  type HubIdentityRepository,
  type JoinTokenRecord,
  type JoinTokenRepository,
  type SessionTokenRepository,
  type SessionTokenUse,
  type SpokeAlarm,
  type SpokeCredential,
  type SpokeRevocation,
} from './ports/trust-repositories.js';
export { checkPlace } from './ports/check-place.js';
export { type Clock, VirtualClock } from './ports/clock.js';
export { CountingIds, type Ids } from './ports/ids.js';
export type { Timer } from './ports/timer.js';
export { CommitSignalDraft, CommitSignals } from './ports/commit-signals.js';
export type { EventLog, NewEvent, StoredEvent, UnknownEvent } from './ports/event-log.js';
export { InMemoryStore, type MemoryStoreOptions } from './ports/in-memory/in-memory-store.js';
export type { AuditChain, AuditLink, ChainLook, LinkedEntry } from './ports/audit-chain.js';
export { type RowChange, TABLE_NAMES, type TableName } from './ports/in-memory/row-change.js';
export {
  type Lease,
  LEASE_REACH,
  leaseEnd,
  type LeaseRepository,
  type LeaseRequest,
} from './ports/leases.js';
export {
  type KeySetContent,
  type KeySetRecord,
  type KeySetRepository,
  type KeyTrust,
  versionAfter,
} from './ports/key-sets.js';
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
  RecentPlans,
  PlanStorage,
  VersionConflict,
} from './ports/plan-storage.js';
export type { PlanSigner } from './ports/plan-signer.js';
export { ENGINE, type Principal, PRINCIPAL_KINDS } from './ports/principal.js';
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
export type { BackupProvider, BackupRequest } from './backups/backup-provider.js';
export { OutsideBackups } from './backups/outside-backups.js';
export type {
  NotRolledBack,
  OutsideRollback,
  RollbackProvider,
} from './pipeline/rollback-provider.js';
export { NotificationLine, type Tell } from './pipeline/notification-line.js';
export { NotifyingStore } from './pipeline/notifying-store.js';
export { addWebhook, type NewWebhook } from './webhooks/add-webhook.js';
export {
  changeWebhook,
  removeWebhook,
  rotateWebhookSecret,
  type SeenWebhook,
  type WebhookChange,
} from './webhooks/change-webhook.js';
export { noteWebhookTest } from './webhooks/note-webhook-test.js';
export { shownUrl } from './webhooks/shown-webhook.js';
export { tellWebhooks } from './webhooks/tell-webhooks.js';
export type { WaitingLine, WebhookRepository } from './ports/webhook-repository.js';
export { replayNotification } from './pipeline/replay-notification.js';
export { Turns } from './pipeline/turns.js';
export type { HealthProvider } from './pipeline/health-provider.js';
export {
  isDueAnew,
  type KeptSince,
  type NewNotification,
  type NotificationFilter,
  type NotificationRepository,
} from './ports/notification-repository.js';
export type { BackupRepository } from './ports/backup-repository.js';
export type { RunRepository } from './ports/run-repository.js';
export type { PeopleRepository, PersonRecord } from './ports/people-repository.js';
export type {
  ApprovalRecord,
  ApprovalRepository,
  ApprovalRequestRecord,
  ApprovalRequestRepository,
  ApprovalRuleRecord,
  ApprovalRuleRepository,
  DelegationRecord,
  DelegationRepository,
} from './ports/approval-repositories.js';
export type {
  LoginSessionRecord,
  LoginSessionRepository,
  LogoutTokenUse,
  VouchedLogout,
} from './ports/login-session-repository.js';
export type { ApiTokenRecord, TokenRepository, TokenUse } from './ports/token-repository.js';
export type { BreakGlassFilter, BreakGlassRepository } from './ports/break-glass-repository.js';
export type {
  DeploymentFilter,
  DeploymentPlace,
  DeploymentRepository,
} from './ports/deployment-repository.js';
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
