export * from './analytics/exports.js';
export * from './approvals/exports.js';
export {
  CHAIN_START,
  type ChainHead,
  type ChainLine,
  lineText,
  nextLine,
} from './audit/audit-chain.js';
export { ChainCheck, type ChainFault } from './audit/chain-check.js';
export { type BackupRecord, nextTryAt, tellUnbacked } from './backups/backup-record.js';
export * from './break-glass/exports.js';
export * from './catalog/exports.js';
export * from './constraints/exports.js';
export { refusal, type Refusal, REFUSAL_CODES, type RefusalCode } from './errors.js';
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
export * from './notifications/exports.js';
export * from './people/exports.js';
export * from './pipeline/exports.js';
export * from './plans/exports.js';
export { healthyTime, pauseRun, resumeRun, type RunRecord } from './runs/run-record.js';
export * from './schedules/exports.js';
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
export {
  firstStep,
  isAtLastStep,
  isMidway,
  nextStep,
  type TargetRollout,
  tellStep,
} from './strategies/target-rollout.js';
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
export { cutText } from './webhooks/cut-text.js';
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
