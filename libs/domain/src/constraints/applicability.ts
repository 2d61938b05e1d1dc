import type { PlanClass } from '../plans/plan-class.js';
import { askConstraint } from './ask-constraint.js';
import type { Constraint, ConstraintResult } from './constraint.js';
import type { Noted, Violation } from './violation.js';
import type { CandidateFacts } from './promotion-facts.js';

/**
 * What a cell of the table says. `applies`: it holds the plan. `always`: as that, and nobody may do
 * without it. `if_named`, `by_rules`: it holds the plan where an approval rule says so. `forward_only`:
 * it holds a plan that goes to a newer version. `passes`: it means nothing to the plan. `covered`: the
 * approval of the plan that it repairs or rolls back is enough. `replaces`, `lifts`: the plan ends it.
 * `warns`: people are told, and the plan goes. `waived`: the plan goes, and owes an explanation.
 */
export type Cell =
  | 'applies'
  | 'always'
  | 'if_named'
  | 'by_rules'
  | 'forward_only'
  | 'passes'
  | 'covered'
  | 'replaces'
  | 'lifts'
  | 'warns'
  | 'waived';

type Cells = Readonly<Record<PlanClass, Cell>>;

const ALL: Cells = {
  ordinary: 'applies',
  repair: 'applies',
  automatic_rollback: 'applies',
  requested_rollback: 'applies',
  roll_off: 'applies',
  hotfix: 'applies',
};
const PLANNED_WORK: Cells = {
  ordinary: 'applies',
  repair: 'applies',
  automatic_rollback: 'passes',
  requested_rollback: 'passes',
  roll_off: 'passes',
  hotfix: 'waived',
};
const AFTER_FAILURES: Cells = { ...PLANNED_WORK, roll_off: 'applies', hotfix: 'passes' };
const NEW_CONTENT: Cells = { ...PLANNED_WORK, repair: 'passes' };

/** What applies to whom: rows are what can hold a plan, columns what the plan is for. */
const APPLICABILITY = {
  window: PLANNED_WORK,
  suppression: PLANNED_WORK,
  hard_suppression: ALL,
  automatic_suppression: AFTER_FAILURES,
  environment_breaker: AFTER_FAILURES,
  hold: {
    ...ALL,
    repair: 'passes',
    automatic_rollback: 'passes',
    requested_rollback: 'replaces',
    hotfix: 'lifts',
  },
  dependency: { ...ALL, repair: 'passes', automatic_rollback: 'warns' },
  recall: { ...ALL, repair: 'passes' },
  soak: NEW_CONTENT,
  health: NEW_CONTENT,
  promoted: { ...NEW_CONTENT, roll_off: 'forward_only' },
  backup: { ...ALL, repair: 'passes', automatic_rollback: 'passes', hotfix: 'always' },
  rule: { ...ALL, automatic_rollback: 'passes' },
  approval: {
    ordinary: 'applies',
    repair: 'covered',
    automatic_rollback: 'covered',
    requested_rollback: 'if_named',
    roll_off: 'by_rules',
    hotfix: 'waived',
  },
  spoke_ready: ALL,
  concurrency: ALL,
} as const satisfies Record<string, Cells>;

export type ApplicabilityRow = keyof typeof APPLICABILITY;

/** The part of a plan that decides which constraints apply to it. */
export interface ClassedPlan {
  readonly planClass: PlanClass;
  /** Whether it brings a newer version than the one that runs. */
  readonly forward: boolean;
}

/** A constraint that says which row of the table it stands in. */
export interface TabledConstraint extends Constraint {
  readonly row: ApplicabilityRow;
  /** What it has against a release as the target; absent if it does not choose among releases. */
  objects?(candidate: CandidateFacts): readonly Violation[];
}

/** What the table says of a row for a plan of this class. */
export function cellOf(row: ApplicabilityRow, planClass: PlanClass): Cell {
  return APPLICABILITY[row][planClass];
}

/** What a constraint of this row means to a plan: it holds it, it is only told, or nothing. */
export function bearingOf(
  row: ApplicabilityRow,
  { planClass, forward }: ClassedPlan,
): 'holds' | Noted['effect'] | 'nothing' {
  const cell = cellOf(row, planClass);
  switch (cell) {
    case 'applies':
    case 'always':
    case 'if_named':
    case 'by_rules':
      return 'holds';
    case 'forward_only':
      return forward ? 'holds' : 'nothing';
    case 'warns':
    case 'waived':
      return cell;
    case 'passes':
    case 'covered':
    case 'replaces':
    case 'lifts':
      return 'nothing';
  }
}

type ByClass = Map<PlanClass, readonly Constraint[]>;
/** What `applicable` answered: the built-in constraints are asked for with every plan. */
const answered = {
  forward: new WeakMap<readonly TabledConstraint[], ByClass>(),
  other: new WeakMap<readonly TabledConstraint[], ByClass>(),
};

/**
 * Those constraints that mean something to the plan; what does not hold it is only told. Worked out once
 * for a list and a class of plans.
 */
export function applicable(
  constraints: readonly TabledConstraint[],
  plan: ClassedPlan,
): readonly Constraint[] {
  const known = plan.forward ? answered.forward : answered.other;
  let byClass = known.get(constraints);
  if (byClass === undefined) {
    byClass = new Map();
    known.set(constraints, byClass);
  }
  const before = byClass.get(plan.planClass);
  if (before !== undefined) return before;
  const found = select(constraints, plan);
  byClass.set(plan.planClass, found);
  return found;
}

function select(
  constraints: readonly TabledConstraint[],
  plan: ClassedPlan,
): readonly Constraint[] {
  const found: Constraint[] = [];
  for (const constraint of constraints) {
    const bearing = bearingOf(constraint.row, plan);
    if (bearing === 'holds') found.push(constraint);
    else if (bearing !== 'nothing') found.push(toldOnly(constraint, bearing));
  }
  return found;
}

/** The same constraint, always satisfied: what it has against a plan is noted and holds nothing. */
export function toldOnly(constraint: Constraint, effect: Noted['effect']): Constraint {
  return {
    kind: constraint.kind,
    ...(constraint.name !== undefined && { name: constraint.name }),
    evaluate(facts): ConstraintResult {
      const { violations, metadata, faults } = askConstraint(constraint, facts);
      const noted = violations.map((violation) => ({ ...violation, effect }));
      return {
        satisfied: true,
        violations: [],
        metadata,
        ...(noted.length > 0 && { noted }),
        ...(faults !== undefined && { faults }),
      };
    },
  };
}
