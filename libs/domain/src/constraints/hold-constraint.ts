import { describeHold, type HeldContent } from '../holds/hold.js';
import type { PlanContent } from '../plans/plan.js';
import type { BuiltInConstraint } from './constraint-kind.js';
import { SATISFIED } from './constraint.js';
import type { KnownViolation } from './violation-codes.js';

/** Holds unless a hold keeps the plan's entity at other content, or from any change. */
export const holdConstraint: BuiltInConstraint = {
  kind: 'hold',
  description: 'No hold keeps the entity as it is.',
  row: 'hold',
  evaluate({ content, hold }) {
    if (hold === null || isFixedBy(hold.fixes, content)) {
      return SATISFIED;
    }
    const at = hold.fixes === undefined ? '' : ` at ${hold.fixes.version}`;
    const violation = {
      code: 'hold',
      message: `${hold.entity} is held${at}: ${describeHold(hold)}`,
      data: { hold: hold.id, until: hold.until, cause: hold.cause, by: hold.by },
    } satisfies KnownViolation;
    return { satisfied: false, violations: [violation], metadata: {} };
  },
};

function isFixedBy(
  fixes: HeldContent | undefined,
  { chart, valuesDigest }: Pick<PlanContent, 'chart' | 'valuesDigest'>,
): boolean {
  return (
    fixes !== undefined &&
    chart?.sha256 === fixes.chartSha256 &&
    valuesDigest === fixes.valuesDigest
  );
}
