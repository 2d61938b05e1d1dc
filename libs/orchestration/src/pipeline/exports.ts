export { DeploymentFollower, type DeploymentFollowerOptions } from './deployment-follower.js';
export { environmentNotFound, findEnvironment } from './find-environment.js';
export type { FollowTools } from './follow-tools.js';
export type { HealthProvider } from './health-provider.js';
export type { RequestedHotfix } from './hotfix-break-glass.js';
export { type HotfixRequest, requestHotfix } from './hotfix.js';
export { RequestRepeated } from './keep-request.js';
export { promote } from './promote.js';
export {
  historyOf,
  listDeployments,
  type ListedDeployment,
  showDeployment,
  type ShownDeployment,
} from './read-deployments.js';
export { readServiceStatus, type ServiceStatus } from './read-service-status.js';
export { type DeploymentRequest, requestDeployment } from './request-deployment.js';
export { rollBack } from './roll-back.js';
export type { NotRolledBack, OutsideRollback, RollbackProvider } from './rollback-provider.js';
export { whyNotImmediate } from './rollouts.js';
export { Turns } from './turns.js';
