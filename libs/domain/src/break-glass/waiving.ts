import type { Constraint, ConstraintResult } from '../constraints/constraint.js';
import { askConstraint } from '../constraints/ask-constraint.js';
import type { PlanFacts } from '../constraints/plan-facts.js';
import type { Noted, Violation } from '../constraints/violation.js';
import { isChange, type PlanClass } from '../plans/plan-class.js';
import { type BreakGlass, isInForce, WAIVABLE, type Waivable } from './break-glass.js';

/** A plan as far as it decides which break-glasses are its. */
export interface WaivingPlan {
  readonly planClass: PlanClass;
  /** The id of the hotfix under way that brings its entity what it wants; absent: none does. */
  readonly hotfix?: string | undefined;
  /** Where it would go. */
  readonly environment: string;
  readonly now: Date;
}

/** What is waived for a plan; absent if nothing is. In the order of `WAIVABLE`. */
export function waivedFor(
  glasses: readonly BreakGlass[],
  plan: WaivingPlan,
): readonly Waivable[] | undefined {
  if (glasses.length === 0) return undefined;
  const waived = WAIVABLE.filter((kind) => glassThatWaives(kind, glasses, plan) !== undefined);
  return waived.length === 0 ? undefined : waived;
}

/** The break-glass by which something is waived for a plan: of several the one that lasts longest. */
export function glassThatWaives(
  kind: Waivable,
  glasses: readonly BreakGlass[],
  plan: WaivingPlan,
): BreakGlass | undefined {
  if (!isChange(plan.planClass)) return undefined;
  let longest: BreakGlass | undefined;
  for (const glass of glasses) {
    if (!glass.waives.includes(kind) || !isMeantFor(glass, plan)) continue;
    if (longest === undefined || glass.until > longest.until) longest = glass;
  }
  return longest;
}

/** One that was opened for a hotfix lets nothing past but what that one brings. */
function isMeantFor(
  glass: BreakGlass,
  { planClass, hotfix, environment, now }: WaivingPlan,
): boolean {
  const { deployment } = glass;
  if (glass.environment !== environment || !isInForce(glass, now)) return false;
  return deployment === undefined || (planClass === 'hotfix' && deployment === hotfix);
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
  { breakGlasses, planClass, hotfix, environment, now }: PlanFacts,
  kind: Waivable,
): ConstraintResult {
  if (result.satisfied) return result;
  const plan = { planClass, hotfix, environment: environment.name, now };
  const glass = glassThatWaives(kind, breakGlasses, plan);
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
