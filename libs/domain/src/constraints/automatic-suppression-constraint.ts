import { isSuppressedAt } from '../suppressions/automatic-suppression.js';
import type { BuiltInConstraint } from './constraint-kind.js';
import { SATISFIED } from './constraint.js';
import type { KnownViolation } from './violation-codes.js';

/**
 * Holds unless the plan's entity is left alone for a while because plans failed on it, or brought what does not stay.
 */
export const automaticSuppression: BuiltInConstraint = {
  kind: 'automatic_suppression',
  description: 'The back-off after a failed plan of the entity is over.',
  row: 'automatic_suppression',
  evaluate({ now, suppression }) {
    if (suppression === null || !isSuppressedAt(suppression, now)) {
      return SATISFIED;
    }
    const { id, entity, until, failures, planId, reason } = suppression;
    const times = failures === 1 ? '' : `, the ${ordinal(failures)} time in a row`;
    const violation = {
      code: 'automatic_suppression',
      message: `${entity} is left alone until ${until} because of plan ${planId}${times} (${reason}); then it is tried again`,
      data: { suppression: id, until, failures, planId },
      recheckAt: until,
    } satisfies KnownViolation;
    return { satisfied: false, violations: [violation], metadata: {}, recheckAt: until };
  },
};

function ordinal(count: number): string {
  const tens = count % 100;
  const ending = tens > 10 && tens < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
  return `${String(count)}${ending}`;
}
