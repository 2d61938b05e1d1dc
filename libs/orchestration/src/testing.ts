export { describeStore } from './ports/store.contract.js';
export {
  aChannelEntry,
  aConstraint,
  anEnvironment,
  aProduct,
  aRecall,
  aRelease,
} from './testing/records/catalog-records.js';
export { aLoginSession, aPerson, aToken } from './testing/records/people-records.js';
export { anEntity, aReleaseState, aSpoke } from './testing/records/fleet-records.js';
export {
  aBaseline,
  aDecline,
  aHold,
  anEvaluation,
  aPlan,
  aPlanCount,
  aRollbackDemand,
  aSuppression,
} from './testing/records/plan-records.js';
export {
  anAuditEntry,
  anEvent,
  anIdempotencyRecord,
  anOutboxMessage,
} from './testing/records/trail-records.js';
export { DeploymentWorld } from './testing/deployment-world.js';
export { CountingStore } from './testing/counting-store.js';
export {
  EngineWorld,
  failed,
  HELLO,
  must,
  PERSON,
  releaseReport,
  SUCCEEDED,
} from './testing/engine-world.js';
export { firstSteps, runWalk, seedsOf } from './testing/engine-walk/run-walk.js';
export { admitted, CLUSTER_UID, joinedSpoke } from './testing/joined-spoke.js';
export { OtherSpoke } from './testing/other-spoke.js';
export { VirtualTime } from './testing/virtual-time.js';
