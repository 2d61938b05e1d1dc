import { type Plan, waitsInLine } from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';

/**
 * Every store asks this of a plan that it is to keep. Throws `InvariantViolation` for one that stands in
 * line although something else than a limit holds it: it would be offered a slot without end, and
 * never take it.
 */
export function checkPlace({ id, inLineSince, violations }: Plan): void {
  if (inLineSince === undefined || waitsInLine(violations)) return;
  const codes = violations.map(({ code }) => code).join(', ') || 'nothing';
  throw new InvariantViolation(
    `plan ${id} stands in line and is held by ${codes}; only what limits alone hold has a place in line`,
  );
}
