import type { Violation } from './violation.js';

/**
 * Codes of all violations that the engine knows: `settling` is its own, those about approval are of
 * gates, all others of constraints.
 */
export const VIOLATION_CODES = [
  'spoke_ready',
  'concurrency',
  'dependency_missing',
  'dependency_version',
  'dependency_unhealthy',
  'dependency_cycle',
  'dependency_deadlock',
  'dependent_range',
  'dependent_needs_it',
  'health',
  'adoption',
  'settling',
  'promoted',
  'soak',
  'backup',
  'maintenance_window',
  'window_too_short',
  'suppression_window',
  'rule',
  'automatic_suppression',
  'environment_breaker',
  'hold',
  'recall',
  'break_glass_debt',
  'wave',
  'approval',
  'gate_unsatisfiable',
  'no_approval_rule',
  'constraint_unreadable',
  'constraint_failed',
] as const;
export type ViolationCode = (typeof VIOLATION_CODES)[number];

/** What the constraints of this package answer with, so that no code goes unlisted. */
export interface KnownViolation extends Violation {
  readonly code: ViolationCode;
}
