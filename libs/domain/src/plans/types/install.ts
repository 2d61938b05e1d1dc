import type { PlanTypeRule } from './plan-type-rule.js';

/** Something should be there and nothing is, or only a first install that failed. */
export const install: PlanTypeRule = {
  propose({ product, target, reported, comparison }) {
    if (target === null || comparison !== 'absent') return undefined;
    return reported === null
      ? `${product} ${target.version} should run and is not installed`
      : `the first install left revision ${String(reported.revision)} ${reported.helmStatus}; it is removed and ${product} ${target.version} installed`;
  },
};
