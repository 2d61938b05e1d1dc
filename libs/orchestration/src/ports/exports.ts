export type { AlreadyExists } from './already-exists.js';
export {
  ANALYTICS_DIMENSIONS,
  type AnalyticsDimension,
  type AnalyticsRepository,
  type CounterSum,
} from './analytics-repository.js';
export type {
  ApprovalRecord,
  ApprovalRepository,
  ApprovalRequestRecord,
  ApprovalRequestRepository,
  ApprovalRuleRecord,
  ApprovalRuleRepository,
  DelegationRecord,
  DelegationRepository,
} from './approval-repositories.js';
export type { AuditChain, AuditLink, ChainLook, LinkedEntry } from './audit-chain.js';
export type { BackupRepository } from './backup-repository.js';
export type { BreakGlassFilter, BreakGlassRepository } from './break-glass-repository.js';
export type {
  ChannelEntry,
  ChannelRepository,
  ChartRepository,
  EnvironmentRepository,
  ProductRepository,
  ReleaseRepository,
} from './catalog-repositories.js';
export { checkPlace } from './check-place.js';
export { type Clock, VirtualClock } from './clock.js';
export { CommitSignalDraft, CommitSignals } from './commit-signals.js';
export type {
  DeploymentFilter,
  DeploymentPlace,
  DeploymentRepository,
} from './deployment-repository.js';
export type { EventLog, NewEvent, StoredEvent, UnknownEvent } from './event-log.js';
export type {
  EntityFilter,
  EntityRepository,
  InstantRange,
  ReleaseFilter,
  ReleaseStateRepository,
  SpokeRepository,
} from './fleet-repositories.js';
export { CountingIds, type Ids } from './ids.js';
export { InMemoryStore, type MemoryStoreOptions } from './in-memory/in-memory-store.js';
export { type RowChange, TABLE_NAMES, type TableName } from './in-memory/row-change.js';
export {
  type KeySetContent,
  type KeySetRecord,
  type KeySetRepository,
  type KeyTrust,
  versionAfter,
} from './key-sets.js';
export {
  type Lease,
  LEASE_REACH,
  leaseEnd,
  type LeaseRepository,
  type LeaseRequest,
} from './leases.js';
export type {
  LoginSessionRecord,
  LoginSessionRepository,
  LogoutTokenUse,
  VouchedLogout,
} from './login-session-repository.js';
export type {
  Declaration,
  DependentPlace,
  PlacedEntity,
  ProductNeed,
  ProviderPlace,
} from './neighbourhood.js';
export {
  isDueAnew,
  type KeptSince,
  type NewNotification,
  type NotificationFilter,
  type NotificationRepository,
} from './notification-repository.js';
export type { OccurrenceRecord, OccurrenceRepository } from './occurrences.js';
export { type Page, pageOf, type PageRequest, rowsToRead } from './page.js';
export type { PeopleRepository, PersonRecord } from './people-repository.js';
export type { PlanSigner } from './plan-signer.js';
export type { PlaceInLine, SlotCounts, SlotHolders } from './plan-slots.js';
export type {
  OpenPlanExists,
  PlanFilter,
  RecentPlans,
  PlanStorage,
  VersionConflict,
} from './plan-storage.js';
export { ENGINE, type Principal, PRINCIPAL_KINDS } from './principal.js';
export type { RecallRepository } from './recalls.js';
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
} from './records.js';
export type { AutomaticSuppressionRepository, HoldRepository } from './restraint-repositories.js';
export type { BaselineRepository, RollbackDemandRepository } from './rollback-repositories.js';
export type { RunRepository } from './run-repository.js';
export { type CommitSignal, MISSED, type Store, StoreUnavailable } from './store.js';
export type { Timer } from './timer.js';
export type { ApiTokenRecord, TokenRepository, TokenUse } from './token-repository.js';
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
} from './trust-repositories.js';
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
} from './unit-of-work.js';
export type { WaitingLine, WebhookRepository } from './webhook-repository.js';
