import type { Constraint, ConstraintResult } from '../constraints/constraint.js';
import { askConstraint } from '../constraints/ask-constraint.js';
import type { PlanFacts } from '../constraints/plan-facts.js';
import type { Noted, Violation } from '../constraints/violation.js';
import { isChange, type PlanClass } from '../plans/plan-class.js';
import { type BreakGlass, isInForce, WAIVABLE, type Waivable } from './break-glass.js';

/** Where a plan would go. */
export interface WaivingPlace {
  readonly environment: string;
  readonly now: Date;
}

/** What is waived for a plan of this class there; absent if nothing is. In the order of `WAIVABLE`. */
export function waivedFor(
  planClass: PlanClass,
  glasses: readonly BreakGlass[],
  place: WaivingPlace,
): readonly Waivable[] | undefined {
  if (!isChange(planClass) || glasses.length === 0) return undefined;
  const waived = WAIVABLE.filter((kind) => glassThatWaives(kind, glasses, place) !== undefined);
  return waived.length === 0 ? undefined : waived;
}

/** The break-glass by which something is waived there: of several the one that lasts longest. */
export function glassThatWaives(
  kind: Waivable,
  glasses: readonly BreakGlass[],
  { environment, now }: WaivingPlace,
): BreakGlass | undefined {
  let longest: BreakGlass | undefined;
  for (const glass of glasses) {
    if (glass.environment !== environment || !glass.waives.includes(kind)) continue;
    if (!isInForce(glass, now)) continue;
    if (longest === undefined || glass.until > longest.until) longest = glass;
  }
  return longest;
}

/** A violation as it is told where a break-glass waives it: by which, who opened it, until when. */
export function waived(violation: Violation, glass: BreakGlass): Noted {
  const { id, openedBy, until } = glass;
  const { recheckAt: _, ...rest } = violation;
  return {
    ...rest,
    effect: 'waived',
    message: `${violation.message}; waived until ${until} by break-glass ${id}, which ${openedBy} opened`,
    data: { ...violation.data, breakGlass: { id, by: openedBy, until } },
  };
}

/** The ids of the break-glasses by which something against a plan was waived, each once. */
export function glassesIn(noted: readonly Noted[] = []): readonly string[] {
  const ids = noted.flatMap(({ data: { breakGlass } }) => {
    if (typeof breakGlass !== 'object' || breakGlass === null || !('id' in breakGlass)) return [];
    return typeof breakGlass.id === 'string' ? [breakGlass.id] : [];
  });
  return [...new Set(ids)];
}

/**
 * The same constraint, which holds nothing while a break-glass waives this kind: what it has against a
 * plan is told then, and the answer lasts as long as the break-glass does.
 */
export function givingWay(constraint: Constraint, kind: Waivable): Constraint {
  return {
    ...constraint,
    evaluate: (facts) => excused(askConstraint(constraint, facts), facts, kind),
  };
}

function excused(
  result: ConstraintResult,
  { breakGlasses, environment, now }: PlanFacts,
  kind: Waivable,
): ConstraintResult {
  if (result.satisfied) return result;
  const glass = glassThatWaives(kind, breakGlasses, { environment: environment.name, now });
  if (glass === undefined) return result;
  const { violations, metadata, noted = [], faults } = result;
  return {
    satisfied: true,
    violations: [],
    metadata,
    noted: [...noted, ...violations.map((violation) => waived(violation, glass))],
    recheckAt: glass.until,
    windowEnd: glass.until,
    ...(faults !== undefined && { faults }),
  };
}
