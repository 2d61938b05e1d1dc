import type { GateAnswer } from './approval-gate.js';
import type { ApprovalRule } from './approval-rule.js';
import type { CountedApprover, SetAside } from './count-approvals.js';

/** The gate of one rule on one plan, as it stands. */
export interface JudgedGate extends GateAnswer {
  readonly rule: ApprovalRule;
  readonly requiredApprovers: number;
  /** All gates of lower levels are met, so that people may answer this one. */
  readonly open: boolean;
  readonly escalated: boolean;
  /** The people there are, authors left out, could meet it. */
  readonly satisfiable: boolean;
  /** Whom it would take besides the people there are: roles, and how many people in all. */
  readonly lacks: { readonly roles: readonly string[]; readonly people: number };
  readonly approvers: readonly CountedApprover[];
  readonly setAside: readonly SetAside[];
  /** Who could bring it further now, by name; nobody while it is not open. */
  readonly candidates: readonly string[];
}
