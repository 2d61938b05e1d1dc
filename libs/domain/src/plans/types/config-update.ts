import type { PlanTypeRule } from './plan-type-rule.js';

/** The right version runs with other values, after a failed attempt, or with objects changed by hand. */
export const configUpdate: PlanTypeRule = {
  propose({ product, target, targetValuesDigest, reported, comparison, adopts, forced, failed }) {
    if (target === null || reported === null || comparison !== 'same') return undefined;
    // Of a release of somebody else's only the version is known, not which chart that is.
    if (adopts) return undefined;
    if (reported.helmStatus === 'failed') {
      return `revision ${String(reported.revision)} of ${product} ${target.version} failed part-way`;
    }
    if (reported.version !== target.version || reported.valuesDigest !== targetValuesDigest) {
      return `the values of ${product} ${target.version} differ from those it runs with`;
    }
    if (reported.drifted) {
      return `live objects of ${product} ${target.version} differ from its release: ${reported.message ?? 'see drift'}`;
    }
    // A pod that crashes or is pulled again and again looks as if it were starting now and then.
    if ((forced || failed) && reported.health !== 'Healthy') {
      const why = forced ? 'a person asked for another try' : 'the last plan with it failed';
      return `${product} ${target.version} runs as desired, is ${reported.health}, and ${why}`;
    }
    return undefined;
  },
};
