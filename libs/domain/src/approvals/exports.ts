export { AccreditationRouter, type Routing } from './accreditation-router.js';
export type { ApprovalFields } from './approval-fields.js';
export {
  type Approval,
  consumeApprovals,
  type Person,
  returnApprovals,
  stands,
} from './approval.js';
export {
  type ApprovalRule,
  type Escalation,
  parseApprovalRule,
  parseRuleDemand,
} from './approval-rule.js';
export { askAgain } from './ask-again.js';
export { type Authors, authorsOf } from './authors.js';
export { type ApprovalFacts, SET_ASIDE_REASONS, type SetAsideReason } from './count-approvals.js';
export { checkDelegation, type Delegation } from './delegation.js';
export { DEFAULT_APPROVAL_RULES } from './default-approval-rules.js';
export { type JudgedGates, judgeGates } from './judge-gates.js';
export type { JudgedGate } from './judged-gate.js';
export { type LapsesUnused, lapsesUnused } from './lapses-unused.js';
export { type ApprovalSubject, type PlanSelector, selects, STRATEGIES } from './plan-selector.js';
export { type DecisionFacts, refuseLate } from './decision.js';
export { giveApproval } from './give-approval.js';
export { rejectPlan } from './reject-plan.js';
export { withdrawApproval } from './withdraw-approval.js';
export { parseApprovalSubject, parseImaginedApproval, parsePerson } from './read-given.js';
export { parseSelector } from './read-selector.js';
export {
  judgeWaiting,
  NEW_REQUEST,
  type RequestClock,
  requestRuns,
  setRequestClock,
} from './request-clock.js';
