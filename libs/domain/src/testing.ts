export { aBreakGlass, anOwedBreakGlass } from './testing/break-glasses.js';
export {
  anEntity,
  anEnvironment,
  aProduct,
  aRecall,
  aRelease,
  aReportedRelease,
} from './testing/catalog.js';
export {
  aMaintenanceWindow,
  aStoredConstraint,
  aSuppressionWindow,
  somePlanFacts,
  someRuleFacts,
} from './testing/constraints.js';
export { aDeployment, aDeploymentTarget } from './testing/deployments.js';
export { aNotification, aWebhook } from './testing/notifications.js';
export { aBaseline, aPlan, aPlanContent, aRollbackDemand, aRunRecord } from './testing/plans.js';
