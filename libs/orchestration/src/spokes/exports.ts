export { acknowledgeMessage } from './acknowledge-message.js';
export { keepsAuditHeads, tellsLedger } from './capabilities.js';
export { clockSkew, isWorthNoting, recordClockSkew } from './clock-skew.js';
export { learnOfPlans } from './learn-of-plans.js';
export { maxConcurrentOf } from './max-concurrent.js';
export { PlanMovedError } from './plan-moved-error.js';
export { presenceOf, type PresenceFacts } from './presence.js';
export { recordAlarm } from './record-alarm.js';
export { recordBlindness } from './record-blindness.js';
export { recordHeartbeats } from './record-heartbeats.js';
export {
  recordPlanProgress,
  recordPlanWaiting,
  type SpokeProgress,
} from './record-plan-progress.js';
export { recordPlanResult, type SpokeVerdict } from './record-plan-result.js';
export {
  type FullState,
  recordFullState,
  recordStateDelta,
  type ReleaseName,
  type ReleaseReportBody,
  type StateDelta,
  type StateReceipt,
} from './record-state.js';
export { recordTrust } from './record-trust.js';
export { reportedRelease } from './release-state.js';
export { sees } from './sight.js';
export { closeSession, openSession, type SpokeSession } from './spoke-session.js';
