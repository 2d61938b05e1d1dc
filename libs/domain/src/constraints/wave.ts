import type { BuiltInConstraint } from './constraint-kind.js';
import { SATISFIED } from './constraint.js';
import type { KnownViolation } from './violation-codes.js';

/** Holds what a later wave of a deployment brings while an earlier one is no longer known to be healthy. */
export const wave: BuiltInConstraint = {
  kind: 'wave',
  description: 'The earlier waves of the deployment that brings it are still healthy.',
  row: 'wave',
  evaluate({ waveBefore }) {
    if (waveBefore === undefined) return SATISFIED;
    const { deployment, entity } = waveBefore;
    const violation: KnownViolation = {
      code: 'wave',
      message: `${entity}, which is of an earlier wave of deployment ${deployment}, has fallen ill, and it is looked at again before any later wave goes`,
      data: { deployment, entity },
    };
    return { satisfied: false, violations: [violation], metadata: {} };
  },
};
