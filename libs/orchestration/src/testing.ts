export { describeStore } from './ports/store.contract.js';
export {
  aChannelEntry,
  aConstraint,
  aDecline,
  anAuditEntry,
  anEntity,
  anEnvironment,
  anEvaluation,
  anIdempotencyRecord,
  anOutboxMessage,
  aPlan,
  aProduct,
  aRelease,
  aReleaseState,
  aSpoke,
} from './testing/records.js';
