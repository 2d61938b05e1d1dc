import type { PlanTypeRule } from './plan-type-rule.js';

/** Never the answer to a comparison: a channel or a range alone does not go down; it is asked for. */
export const rollback: PlanTypeRule = { propose: () => undefined };
