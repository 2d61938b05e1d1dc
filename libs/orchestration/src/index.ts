export { type DoraMetrics, doraMetrics } from './analytics/dora-metrics.js';
export { type PlanAnalytics, planAnalytics, type PlanGroup } from './analytics/plan-analytics.js';
export * from './approvals/exports.js';
export { auditHead, auditHeadsAt, auditLines } from './audit/audit-lines.js';
export { AuditSequencer } from './audit/audit-sequencer.js';
export type { BackupProvider, BackupRequest } from './backups/backup-provider.js';
export { OutsideBackups } from './backups/outside-backups.js';
export { backedNow } from './break-glass/backed-now.js';
export { endBreakGlass } from './break-glass/end-break-glass.js';
export { type NewBreakGlass, openBreakGlass } from './break-glass/open-break-glass.js';
export { reviewBreakGlass } from './break-glass/review-break-glass.js';
export * from './catalog/exports.js';
export * from './constraints/exports.js';
export type { Context } from './context.js';
export * from './engine/exports.js';
export { AnnouncingStore } from './events/announcing-store.js';
export { NotificationLine, type Tell } from './notifications/notification-line.js';
export { NotifyingStore } from './notifications/notifying-store.js';
export { replayNotification, type UnsetReceivers } from './notifications/replay-notification.js';
export * from './people/exports.js';
export * from './pipeline/exports.js';
export * from './ports/exports.js';
export { addRecall, type NewRecall } from './recalls/add-recall.js';
export { withdrawRecall } from './recalls/withdraw-recall.js';
export { AlarmLoop, type AlarmLoopOptions } from './scheduling/alarm-loop.js';
export type { ClaimedOccurrences } from './scheduling/claim-occurrences.js';
export {
  type ReevaluationOptions,
  ReevaluationScheduler,
} from './scheduling/reevaluation-scheduler.js';
export * from './spokes/exports.js';
export * from './trust/exports.js';
export * from './webhooks/exports.js';
