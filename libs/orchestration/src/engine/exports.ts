export type { OnUnreadableConstraint } from './constraint-cache.js';
export { diffPlan, type PlanDiff } from './diff-plan.js';
export {
  ENTITY_STATUSES,
  type EntityStatus,
  type EntityView,
  listEntities,
  viewEntity,
} from './entity-view.js';
export type { OnEvaluationBug } from './evaluate-entities.js';
export type { EvaluationSummary } from './evaluation-summary.js';
export type { PlanExplanation } from './explain-plan.js';
export { OrchestrationEngine } from './orchestration-engine.js';
export { planNotFound } from './plan-refusals.js';
export { type Resolution, resolvePlan } from './resolve-plan.js';
