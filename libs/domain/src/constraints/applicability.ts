import type { Waivable } from '../break-glass/break-glass.js';
import { givingWay } from '../break-glass/waiving.js';
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
 * `warns`: people are told, and the plan goes. `waived`: a break-glass lets the plan go, and is owed a
 * review; without one it holds the plan.
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
const NEWS_ONLY: Cells = { ...NEW_CONTENT, hotfix: 'passes' };

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
  break_glass_debt: NEWS_ONLY,
  wave: { ...ALL, repair: 'passes', automatic_rollback: 'passes' },
  spoke_ready: ALL,
  concurrency: ALL,
} as const satisfies Record<string, Cells>;

export type ApplicabilityRow = keyof typeof APPLICABILITY;

/** What has to be waived by break-glass for a row to give way; the others never do. */
const WAIVED_WITH: Partial<Record<ApplicabilityRow, Waivable>> = {
  window: 'window',
  suppression: 'window',
  dependency: 'dependency',
  soak: 'soak',
  health: 'health',
  promoted: 'promoted',
  approval: 'approval',
};

/** The part of a plan that decides which constraints apply to it. */
export interface ClassedPlan {
  readonly planClass: PlanClass;
  /** Whether it brings a newer version than the one that runs. */
  readonly forward: boolean;
  /** What break-glasses waive for it, in the order of `WAIVABLE`; absent: nothing. */
  readonly waives?: readonly Waivable[];
}

/** What a constraint means to a plan; `gives_way`: it holds it unless a break-glass is in force. */
export type Bearing = 'holds' | Noted['effect'] | 'gives_way' | 'nothing';

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
  { planClass, forward, waives }: ClassedPlan,
): Bearing {
  const cell = cellOf(row, planClass);
  switch (cell) {
    case 'applies':
    case 'waived':
      return givesWay(row, waives) ? 'gives_way' : 'holds';
    case 'always':
    case 'if_named':
    case 'by_rules':
      return 'holds';
    case 'forward_only':
      return forward ? 'holds' : 'nothing';
    case 'warns':
      return cell;
    case 'passes':
    case 'covered':
    case 'replaces':
    case 'lifts':
      return 'nothing';
  }
}

/** Whether what stands in this row gives way to what is waived. */
export function givesWay(row: ApplicabilityRow, waives: readonly Waivable[] | undefined): boolean {
  const kind = WAIVED_WITH[row];
  return kind !== undefined && waives?.includes(kind) === true;
}

/** Names all plans of the same class for which the same is waived. */
export function classKey({ planClass, waives }: ClassedPlan): string {
  return waives === undefined ? planClass : `${planClass} ${waives.join(' ')}`;
}

type ByClass = Map<string, readonly Constraint[]>;
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
  const key = classKey(plan);
  const before = byClass.get(key);
  if (before !== undefined) return before;
  const found = select(constraints, plan);
  byClass.set(key, found);
  return found;
}

function select(
  constraints: readonly TabledConstraint[],
  plan: ClassedPlan,
): readonly Constraint[] {
  const found: Constraint[] = [];
  for (const constraint of constraints) {
    const bearing = bearingOf(constraint.row, plan);
    if (bearing !== 'nothing') found.push(bearingOn(constraint, bearing));
  }
  return found;
}

/** A constraint as it is to be asked where it means this to a plan. */
export function bearingOn(
  constraint: TabledConstraint,
  bearing: Exclude<Bearing, 'nothing'>,
): Constraint {
  if (bearing === 'holds') return constraint;
  if (bearing === 'gives_way') {
    const kind = WAIVED_WITH[constraint.row];
    return kind === undefined ? constraint : givingWay(constraint, kind);
  }
  return toldOnly(constraint, bearing);
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
