import type { PlanTypeRule } from './plan-type-rule.js';

/** A newer version should run. */
export const upgrade: PlanTypeRule = {
  propose({ product, target, reported, comparison }) {
    if (target === null || reported === null || comparison !== 'older') return undefined;
    const runs = reported.deployed?.version ?? reported.version;
    return `${product} ${target.version} should run; ${runs} does`;
  },
};
