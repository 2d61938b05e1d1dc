import type { InvariantViolation } from '@apollo-deploy/kernel';
import { askConstraint } from './ask-constraint.js';
import { type Constraint, type ConstraintResult, SATISFIED } from './constraint.js';
import type { Noted, Violation } from './violation.js';
import type { PlanFacts } from './plan-facts.js';

/**
 * Asks every constraint, with no short cut: people see all reasons at once. Violations come in the
 * order of the constraints; satisfied only if all are. `recheckAt` is the earliest of theirs and of
 * their violations': the first instant at which anything said here may no longer be so; `windowEnd` the
 * earliest of theirs. One that throws holds the plan; the others are asked all the same.
 */
export function evaluateConstraints(
  constraints: readonly Constraint[],
  facts: PlanFacts,
): ConstraintResult {
  const violations: Violation[] = [];
  const noted: Noted[] = [];
  const faults: InvariantViolation[] = [];
  let satisfied = true;
  let recheckAt: string | undefined;
  let windowEnd: string | undefined;
  for (const constraint of constraints) {
    const result = askConstraint(constraint, facts);
    if (result === SATISFIED) continue;
    recheckAt = earlier(recheckAt, result.recheckAt);
    windowEnd = earlier(windowEnd, result.windowEnd);
    satisfied &&= result.satisfied;
    for (const violation of result.violations) {
      recheckAt = earlier(recheckAt, violation.recheckAt);
      violations.push(violation);
    }
    if (result.noted !== undefined) noted.push(...result.noted);
    if (result.faults !== undefined) faults.push(...result.faults);
  }
  const answer = { satisfied, violations, metadata: {} };
  if (noted.length === 0 && faults.length === 0 && recheckAt === undefined) return answer;
  return {
    ...answer,
    ...(noted.length > 0 && { noted }),
    ...(faults.length > 0 && { faults }),
    ...(recheckAt !== undefined && { recheckAt }),
    ...(windowEnd !== undefined && { windowEnd }),
  };
}

/** Of two instants as they are written everywhere here: UTC, with milliseconds. */
function earlier(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return other < one ? other : one;
}

const HORIZON_MS = 400 * 86_400_000;
/** Windows may fall apart and together many times; an answer beyond this many is no help. */
const LOOKS_MAX = 1000;

/**
 * The first instant, from the facts' own on, at which all constraints hold together, if time alone
 * cures what is unmet; `undefined` if it does not, or not within 400 days.
 */
export function earliestAt(
  constraints: readonly Constraint[],
  facts: PlanFacts,
): string | undefined {
  const limit = facts.now.getTime() + HORIZON_MS;
  let { now } = facts;
  for (let look = 0; look < LOOKS_MAX && now.getTime() <= limit; look += 1) {
    const at = now;
    const unmet = constraints
      .map((constraint) => askConstraint(constraint, { ...facts, now: at }))
      .filter(({ satisfied }) => !satisfied);
    if (unmet.length === 0) return now.toISOString();
    const instants = unmet.map(({ recheckAt }) => recheckAt);
    if (instants.includes(undefined)) return undefined;
    now = new Date(Math.max(...instants.map((instant) => Date.parse(instant ?? ''))));
    if (now.getTime() <= at.getTime()) return undefined;
  }
  return undefined;
}
