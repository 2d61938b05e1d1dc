export { describeStore } from './ports/store.contract.js';
export {
  aBaseline,
  aChannelEntry,
  aConstraint,
  aDecline,
  aHold,
  anAuditEntry,
  anEntity,
  anEnvironment,
  anEvent,
  anEvaluation,
  anIdempotencyRecord,
  anOutboxMessage,
  aPlan,
  aPlanCount,
  aProduct,
  aRecall,
  aRelease,
  aReleaseState,
  aRollbackDemand,
  aSpoke,
  aSuppression,
} from './testing/records.js';
export { CountingStore } from './testing/counting-store.js';
export {
  EngineWorld,
  failed,
  must,
  PERSON,
  releaseReport,
  SUCCEEDED,
} from './testing/engine-world.js';
export { firstSteps, runWalk, seedsOf } from './testing/engine-walk/run-walk.js';
export { OtherSpoke } from './testing/other-spoke.js';
export { VirtualTime } from './testing/virtual-time.js';
