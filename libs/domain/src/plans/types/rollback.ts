import { tellRecall } from '../../catalog/recall.js';
import type { PlanTypeRule } from './plan-type-rule.js';

/**
 * What runs is recalled, or a person named a version below it. A channel or a range alone never goes
 * down.
 */
export const rollback: PlanTypeRule = {
  propose({ product, target, reported, comparison, pinned, leaves }) {
    if (target === null || reported === null || comparison !== 'newer') return undefined;
    const runs = reported.deployed?.version ?? reported.version;
    if (leaves !== undefined) {
      return `${product} ${target.version} should run: ${runs} is ${tellRecall(leaves)}`;
    }
    return pinned ? `${product} is pinned to ${target.version}; ${runs} runs` : undefined;
  },
};
