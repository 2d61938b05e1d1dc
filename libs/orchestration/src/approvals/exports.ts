export {
  addApprovalRule,
  listApprovalRules,
  removeApprovalRule,
  replaceApprovalRule,
} from './approval-rules.js';
export type { ApprovalGiven, Yes } from './approve-plan.js';
export { lendRoles, type NewDelegation, takeRolesBack } from './delegations.js';
export { loadApprovalSubject } from './load-approval-subject.js';
export { loadWords, type Words } from './load-words.js';
export type { PlanApproval, PlanWithApproval, ShownApproval } from './plan-approvals.js';
export type { RuleInForce } from './rules-in-force.js';
