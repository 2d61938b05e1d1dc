import type { BuiltInConstraint } from './constraint-kind.js';
import { type ConstraintResult, SATISFIED } from './constraint.js';
import type { PlanFacts, SlotUse } from './plan-facts.js';
import type { Violation } from './violation.js';
import type { KnownViolation } from './violation-codes.js';

const CODE = 'concurrency';

/**
 * Holds while fewer plans execute in the environment, of the product and on the spoke than each of
 * them allows at once. Every one that is full says so.
 */
export const concurrency: BuiltInConstraint = {
  kind: 'concurrency',
  description:
    'Fewer plans execute in the environment, of the product and on the spoke than `maxConcurrent` of each allows.',
  row: 'concurrency',
  evaluate({ environment, product, spoke }: PlanFacts): ConstraintResult {
    if (!isFull(environment) && !isFull(product) && !isFull(spoke)) return SATISFIED;
    const violations = [
      ...fullness('environment', 'in', environment),
      ...fullness('product', 'of product', product),
      ...fullness('spoke', 'on spoke', spoke),
    ];
    return { satisfied: false, violations, metadata: {} };
  },
};

/** Whether nothing is in the way but how many plans execute: then it goes when its turn comes. */
export function waitsInLine(violations: readonly Violation[]): boolean {
  return violations.length > 0 && violations.every(({ code }) => code === CODE);
}

function isFull({ maxConcurrent, executing }: SlotUse): boolean {
  return maxConcurrent !== undefined && executing >= maxConcurrent;
}

function fullness(
  kind: 'environment' | 'product' | 'spoke',
  where: string,
  use: SlotUse & { readonly name: string },
): readonly KnownViolation[] {
  const { name, executing, maxConcurrent } = use;
  if (maxConcurrent === undefined || !isFull(use)) return [];
  return [
    {
      code: CODE,
      message: `${String(executing)} of ${String(maxConcurrent)} plans already execute ${where} ${name}; this one goes when one of them ends and its turn comes`,
      data: { [kind]: name, executing, maxConcurrent },
    },
  ];
}
