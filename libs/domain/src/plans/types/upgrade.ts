import type { PlanTypeRule } from './plan-type-rule.js';

/** A newer version should run, or the right one that somebody else has installed is to be Apollo's. */
export const upgrade: PlanTypeRule = {
  propose({ product, target, reported, comparison, adopts }) {
    if (target === null || reported === null) return undefined;
    const runs = reported.deployed?.version ?? reported.version;
    if (comparison === 'older') return `${product} ${target.version} should run; ${runs} does`;
    if (comparison !== 'same' || !adopts) return undefined;
    return `${product} ${target.version} runs in a release that Apollo did not make, and is to be adopted`;
  },
};
