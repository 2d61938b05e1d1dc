import type { PlanTypeRule } from './plan-type-rule.js';

/** A person named a version below what runs. A channel or a range alone never goes down. */
export const rollback: PlanTypeRule = {
  propose({ product, target, reported, comparison, pinned }) {
    if (target === null || reported === null || comparison !== 'newer' || !pinned) return undefined;
    const runs = reported.deployed?.version ?? reported.version;
    return `${product} is pinned to ${target.version}; ${runs} runs`;
  },
};
