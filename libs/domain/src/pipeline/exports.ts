export { checkAboveHotfix } from './above-hotfix.js';
export { backPortOwed, owesBackPort, runsNoMore, type ServicePlace } from './back-port.js';
export { hotfixReason } from './hotfix-reason.js';
export { hotfixWaives } from './hotfix-waives.js';
export { verdictOf } from './health-verdict.js';
export { highestPlaces } from './highest-places.js';
export { type ServiceHealth, takeLook, type Unanswered } from './take-look.js';
export {
  checkPromotionPath,
  PROMOTION_PATHS,
  type PromotionPath,
  tellPath,
} from './promotion-path.js';
export {
  type PromotionProof,
  type PromotionSource,
  proveSource,
  type SourceDeployment,
} from './promotion-source.js';
export { mayGiveWay, isHalfWay } from './half-way.js';
export { hasBegun, onlyWaits } from './only-waits.js';
export { waveBefore } from './wave-before.js';
export { restoredValues, type RestoredValues } from './restored-values.js';
export { takenBackVersions } from './taken-back-versions.js';
export { isBehind, isNewer, newestOf, standingVersions, versionBefore } from './version-before.js';
export {
  type AskedOutside,
  type BreakGlassGrant,
  type Deployment,
  DEPLOYMENT_BACKUPS,
  DEPLOYMENT_KINDS,
  DEPLOYMENT_STRATEGIES,
  type DeploymentBackup,
  deploymentId,
  type DeploymentKind,
  type DeploymentStrategy,
  type DeploymentTarget,
  type HealthLook,
  secondsBetween,
  TARGET_STATES,
} from './deployment.js';
export {
  DEPLOYMENT_STATUSES,
  type DeploymentEnd,
  type DeploymentStatus,
  hasEnded,
  stepTo,
} from './deployment-lifecycle.js';
export {
  type DeploymentFacts,
  followDeployment,
  type FollowedDeployment,
  type Move,
} from './follow-deployment.js';
export {
  type FollowedPlan,
  type FollowedRollback,
  runsWell,
  type TargetFacts,
} from './target-facts.js';
export type { Wait } from './tell-waits.js';
export { ranAlready, unheard } from './target-progress.js';
