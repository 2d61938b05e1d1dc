import type { PlanTypeRule } from './plan-type-rule.js';

/** Nothing should be there and something is. */
export const uninstall: PlanTypeRule = {
  propose({ product, target, reported }) {
    if (target !== null || reported === null) return undefined;
    return `${product} should be absent; ${reported.version} is installed`;
  },
};
