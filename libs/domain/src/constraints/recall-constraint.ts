import { tellRecall } from '../catalog/recall.js';
import type { BuiltInConstraint } from './constraint-kind.js';
import { SATISFIED } from './constraint.js';
import type { KnownViolation } from './violation-codes.js';

/**
 * Holds unless the plan brings what is recalled. A target never is; this is for plans back to content
 * that was recalled since.
 */
export const recall: BuiltInConstraint = {
  kind: 'recall',
  description: 'No recall covers the version that the plan brings.',
  row: 'recall',
  evaluate({ recall: covering }) {
    if (covering === undefined) return SATISFIED;
    const { product, range } = covering;
    const violation: KnownViolation = {
      code: 'recall',
      message: `this plan brings a release of ${product} that is ${tellRecall(covering)}`,
      data: { recall: covering.id, product, range },
    };
    return { satisfied: false, violations: [violation], metadata: {} };
  },
};
