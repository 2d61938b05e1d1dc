export {
  applicable,
  type ApplicabilityRow,
  bearingOf,
  type ClassedPlan,
  givesWay,
  type TabledConstraint,
} from './applicability.js';
export type { Constraint, ConstraintResult } from './constraint.js';
export type { Noted, Violation } from './violation.js';
export { earliestAt, evaluateConstraints } from './constraint-evaluator.js';
export { CLOCK_SKEW_MAX_MS } from './spoke-ready.js';
export {
  type BuiltInConstraint,
  type ConstraintKind,
  NO_SPEC,
  type SpecRefusal,
} from './constraint-kind.js';
export { ConstraintSet } from './constraint-set.js';
export { dependencyRangeViolations } from './dependency.js';
export type { DependencyFacts, Installation } from './dependency-facts.js';
export { BACKUP_OF_DEPLOYMENT } from './kinds/backup.js';
export { BUILT_IN_CONSTRAINTS } from './index.js';
export { CONSTRAINT_KINDS, type ConstraintKindName } from './kinds/index.js';
export { waitsInLine } from './concurrency.js';
export { type PlanFacts, type Presence, PRESENCES } from './plan-facts.js';
export type { CandidateFacts, PromotionFacts, SourceRun } from './promotion-facts.js';
export type { RuleFacts } from './rule/rule-facts.js';
export { type ReadConstraint, readStored } from './read-stored.js';
export { readableScope } from './readable-scope.js';
export { inScope, reaches, type Scope, type ScopeSubject } from './scope.js';
export { isShown, scopeShownTo, shownScope, type ShownTo } from './shown-scope.js';
export type { StoredConstraint } from './stored-constraint.js';
export { VIOLATION_CODES, type ViolationCode } from './violation-codes.js';
