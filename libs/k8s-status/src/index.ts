export { computeStatus } from './compute-status.js';
export {
  conditionRules,
  ruleKey,
  type ConditionMatch,
  type ConditionRule,
} from './condition-rule.js';
export {
  judgeRollout,
  type ObjectRef,
  type RolloutFacts,
  type RolloutVerdict,
  type WorstObject,
} from './judge-rollout.js';
export { kindKey, type KindRule, type StatusContext } from './kind-rule.js';
export type { Fields } from './live-fields.js';
export { HEALTHS, worstHealth, type Health, type ObjectStatus } from './object-status.js';
export { diagnosePod, type PodDiagnosis } from './pod-diagnosis.js';
export type { Termination } from './termination.js';
