export { describeStore } from './ports/store.contract.js';
export {
  aBaseline,
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
  aRollbackDemand,
  aSpoke,
} from './testing/records.js';
