export type { Candidates } from './candidates.js';
export type { PassedOver, TargetSelection } from './choose-release.js';
export { compareValues, type ValueChange, type ValueChanges } from './compare-values.js';
export {
  askedForAnew,
  earlierEditors,
  editedAnew,
  editorsSince,
  editsOf,
  isSameWish,
} from './entity-edits.js';
export {
  type DesiredState,
  type Entity,
  FIELD_CONFLICTS,
  type FieldConflicts,
  type Health,
  HEALTHS,
  type ReportedRelease,
  type ReportedState,
  type Values,
} from './entity.js';
export {
  type Environment,
  EXECUTION_MODES,
  type ExecutionMode,
  isLowerTier,
  type Tier,
  TIERS,
} from './environment.js';
export { type InlineSecret, inlineSecrets } from './inline-secrets.js';
export { followsRule, NAME_RULES, type NameRule } from './names.js';
export {
  CRITICALITIES,
  type Criticality,
  DEFAULT_ROLLOUT_TIMEOUT_SECONDS,
  type Product,
} from './product.js';
export { storedRanges } from './parsed-texts.js';
export {
  type Recall,
  RECALL_STRATEGIES,
  recallOf,
  type RecallStrategy,
  tellRecall,
  tellRecalled,
} from './recall.js';
export type { ChartReference, DependencyDeclaration, Release } from './release.js';
export { recallTouches } from './recall-touches.js';
export { runningVersion } from './running-version.js';
export { selectTarget } from './select-target.js';
export { compareVersions, formatVersion, parseVersion, type Version } from './version.js';
export { parseRange, rangeAllows, type VersionRange } from './version-range.js';
