import type { Violation } from '../constraints/violation.js';

/** A reason to wait that people cure; where an instant is named, time is all that is missing. */
export interface ApprovalViolation extends Violation {
  readonly code: 'approval' | 'gate_unsatisfiable' | 'no_approval_rule';
}
