export { type Clock, VirtualClock } from './ports/clock.js';
export { CountingIds, type Ids } from './ports/ids.js';
export type { Page, PageRequest } from './ports/page.js';
export type {
  OpenPlanExists,
  PlanFilter,
  PlanStorage,
  VersionConflict,
} from './ports/plan-storage.js';
export { ENGINE, type Principal } from './ports/principal.js';
export type {
  AuditEntry,
  EvaluationRecord,
  IdempotencyRecord,
  OutboxMessage,
  ReleaseStateRecord,
  SpokeHello,
  SpokeRecord,
} from './ports/records.js';
export { type CommitSignal, type Store, StoreUnavailable } from './ports/store.js';
export type {
  AlreadyExists,
  AuditFilter,
  AuditTrail,
  ChannelEntry,
  ChannelRepository,
  ChartRepository,
  DeclineRepository,
  DirtyQueue,
  EntityFilter,
  EntityRepository,
  EnvironmentRepository,
  EvaluationRepository,
  IdempotencyRepository,
  Outbox,
  ProductRepository,
  ReleaseRepository,
  ReleaseStateRepository,
  SpokeRepository,
  UnitOfWork,
} from './ports/unit-of-work.js';
