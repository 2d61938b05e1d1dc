import { describe, expect, it } from '@jest/globals';
import type { PlanClass } from '../plans/plan-class.js';
import { PLAN_CLASSES } from '../plans/plan-class.js';
import { WAIVABLE } from '../break-glass/break-glass.js';
import { anOwedBreakGlass, aStoredConstraint, somePlanFacts } from '../testing.js';
import { OBJECTIONABLE, SUBJECT } from '../testing/objectionable.js';
import {
  applicable,
  type ApplicabilityRow,
  bearingOf,
  type ClassedPlan,
  cellOf,
  type TabledConstraint,
} from './applicability.js';
import type { Constraint } from './constraint.js';
import type { PlanFacts } from './plan-facts.js';
import { evaluateConstraints } from './constraint-evaluator.js';
import { ConstraintSet } from './constraint-set.js';
import { BUILT_IN_CONSTRAINTS } from './index.js';

const COLUMNS = PLAN_CLASSES.join(' | ');

/** As the design prints it; ✓ applies, – passes. Columns in the order of `PLAN_CLASSES`. */
const PRINTED = `
window                | ✓ | ✓       | –       | –        | –            | waived
suppression           | ✓ | ✓       | –       | –        | –            | waived
hard_suppression      | ✓ | ✓       | ✓       | ✓        | ✓            | ✓
automatic_suppression | ✓ | ✓       | –       | –        | ✓            | –
environment_breaker   | ✓ | ✓       | –       | –        | ✓            | –
hold                  | ✓ | –       | –       | replaces | ✓            | lifts
dependency            | ✓ | –       | warns   | ✓        | ✓            | ✓
recall                | ✓ | –       | ✓       | ✓        | ✓            | ✓
soak                  | ✓ | –       | –       | –        | –            | waived
health                | ✓ | –       | –       | –        | –            | waived
promoted              | ✓ | –       | –       | –        | forward_only | waived
backup                | ✓ | –       | –       | ✓        | ✓            | always
rule                  | ✓ | ✓       | –       | ✓        | ✓            | ✓
approval              | ✓ | covered | covered | if_named | by_rules     | waived
spoke_ready           | ✓ | ✓       | ✓       | ✓        | ✓            | ✓
concurrency           | ✓ | ✓       | ✓       | ✓        | ✓            | ✓
break_glass_debt      | ✓ | –       | –       | –        | –            | –
wave                  | ✓ | –       | –       | ✓        | ✓            | ✓
`;

interface PrintedCell {
  readonly row: ApplicabilityRow;
  readonly planClass: PlanClass;
  readonly expected: string;
}

function printedCells(): readonly PrintedCell[] {
  return PRINTED.trim()
    .split('\n')
    .flatMap((line) => {
      const [row = '', ...cells] = line.split('|').map((cell) => cell.trim());
      return PLAN_CLASSES.map((planClass, index) => {
        const cell = cells[index] ?? '';
        const expected = cell === '✓' ? 'applies' : cell === '–' ? 'passes' : cell;
        return { row: row as ApplicabilityRow, planClass, expected };
      });
    });
}

describe('what applies to whom', () => {
  it('has the classes as its columns', () => {
    expect(COLUMNS).toBe(
      'ordinary | repair | automatic_rollback | requested_rollback | roll_off | hotfix',
    );
    expect(printedCells()).toHaveLength(18 * 6);
  });

  it.each(printedCells())('$row: $planClass $expected', ({ row, planClass, expected }) => {
    expect(cellOf(row, planClass)).toBe(expected);
  });

  it.each([
    { name: 'a freeze to a repair', row: 'suppression', planClass: 'repair', expected: 'holds' },
    {
      name: 'a freeze to an automatic rollback',
      row: 'suppression',
      planClass: 'automatic_rollback',
      expected: 'nothing',
    },
    {
      name: 'a hard freeze to an automatic rollback',
      row: 'hard_suppression',
      planClass: 'automatic_rollback',
      expected: 'holds',
    },
    {
      name: 'a missing dependency to an automatic rollback',
      row: 'dependency',
      planClass: 'automatic_rollback',
      expected: 'warns',
    },
    { name: 'a window to a hotfix', row: 'window', planClass: 'hotfix', expected: 'holds' },
    { name: 'a backup to a hotfix', row: 'backup', planClass: 'hotfix', expected: 'holds' },
    { name: 'a hold to a hotfix', row: 'hold', planClass: 'hotfix', expected: 'nothing' },
    {
      name: 'a hold to a requested rollback',
      row: 'hold',
      planClass: 'requested_rollback',
      expected: 'nothing',
    },
    { name: 'an approval to a repair', row: 'approval', planClass: 'repair', expected: 'nothing' },
    {
      name: 'an approval to a requested rollback',
      row: 'approval',
      planClass: 'requested_rollback',
      expected: 'holds',
    },
    {
      name: 'an approval to a roll-off',
      row: 'approval',
      planClass: 'roll_off',
      expected: 'holds',
    },
  ] as const)('$name: $expected', ({ row, planClass, expected }) => {
    expect(bearingOf(row, { planClass, forward: false })).toBe(expected);
  });

  it('holds a roll-off by promotion only where it goes forward', () => {
    expect(bearingOf('promoted', { planClass: 'roll_off', forward: true })).toBe('holds');
    expect(bearingOf('promoted', { planClass: 'roll_off', forward: false })).toBe('nothing');
  });
});

describe('the constraints of a plan', () => {
  const missing: TabledConstraint = {
    kind: 'dependency',
    row: 'dependency',
    evaluate: () => ({
      satisfied: false,
      violations: [{ code: 'dependency_missing', message: 'base is missing', data: {} }],
      metadata: {},
      recheckAt: '2026-01-06T00:00:00.000Z',
    }),
  };
  const resultsFor = (planClass: PlanClass) =>
    applicable([missing], { planClass, forward: false }).map((constraint) =>
      constraint.evaluate(somePlanFacts()),
    );

  it.each([
    {
      name: 'hold it where they apply',
      planClass: 'ordinary',
      expected: [missing.evaluate(somePlanFacts())],
    },
    { name: 'are not asked where they pass', planClass: 'repair', expected: [] },
    {
      name: 'are told where they warn, and hold nothing',
      planClass: 'automatic_rollback',
      expected: [
        {
          satisfied: true,
          violations: [],
          metadata: {},
          noted: [
            { code: 'dependency_missing', message: 'base is missing', data: {}, effect: 'warns' },
          ],
        },
      ],
    },
  ] as const)('$name', ({ planClass, expected }) => {
    expect(resultsFor(planClass)).toEqual(expected);
  });

  it('are worked out once for a list and a class of plans, whatever was asked before', () => {
    const list = [missing];
    const questions = PLAN_CLASSES.flatMap((planClass) =>
      [true, false].map((forward) => ({ planClass, forward })),
    );
    const kinds = (constraints: readonly Constraint[]) => constraints.map(({ kind }) => kind);
    const first = questions.map((plan) => applicable(list, plan));
    expect(first.map(kinds)).toEqual(questions.map((plan) => kinds(applicable([missing], plan))));
    for (const [index, plan] of questions.entries()) {
      expect(applicable(list, plan)).toBe(first[index]);
    }
  });
});

/** What a printed cell means to a plan that brings something newer, or something older. */
function meaning(cell: string, forward: boolean): 'holds' | 'warns' | 'waived' | 'nothing' {
  if (cell === 'warns' || cell === 'waived') return cell;
  const holds = cell === 'applies' || cell === 'always' || (cell === 'forward_only' && forward);
  return holds ? 'holds' : 'nothing';
}

const WAIVES_ALL = anOwedBreakGlass({ environment: 'dev', waives: WAIVABLE });

/** What all constraints say of a plan. */
function judged(
  plan: ClassedPlan,
  stored: (typeof OBJECTIONABLE)[number]['stored'],
  facts: Partial<PlanFacts>,
) {
  const set = new ConstraintSet(stored === undefined ? [] : [aStoredConstraint(stored)]);
  const constraints = [...applicable(BUILT_IN_CONSTRAINTS, plan), ...set.for(SUBJECT, plan)];
  const {
    satisfied,
    violations,
    noted = [],
  } = evaluateConstraints(constraints, somePlanFacts(facts));
  return {
    satisfied,
    violations: violations.map(({ code }) => code),
    noted: noted.map(({ code, effect }) => [code, effect]),
  };
}

describe('each constraint stands in its row of the table', () => {
  it('and every row has one, but for approvals, which are gates', () => {
    const rows = new Set(printedCells().map(({ row }) => row));
    expect(OBJECTIONABLE.map(({ row }) => row).sort()).toEqual(
      [...rows].filter((row) => row !== 'approval').sort(),
    );
  });

  it.each(
    OBJECTIONABLE.flatMap((one) =>
      printedCells()
        .filter(({ row }) => row === one.row)
        .flatMap(({ planClass, expected: cell }) =>
          [true, false].map((forward) => {
            const way = forward ? 'forward' : 'back';
            return { ...one, planClass, forward, way, expected: meaning(cell, forward) };
          }),
        ),
    ),
  )('$row to $planClass, going $way: $expected', (one) => {
    const { planClass, forward, stored, facts, code, expected } = one;
    const breakGlasses = expected === 'waived' ? [WAIVES_ALL] : undefined;
    const plan = { planClass, forward, ...(breakGlasses !== undefined && { waives: WAIVABLE }) };
    const asked = { ...facts, planClass, ...(breakGlasses !== undefined && { breakGlasses }) };
    expect(judged(plan, stored, asked)).toEqual({
      satisfied: expected !== 'holds',
      violations: expected === 'holds' ? [code] : [],
      noted: expected === 'warns' || expected === 'waived' ? [[code, expected]] : [],
    });
  });

  it.each(
    OBJECTIONABLE.filter(({ row }) =>
      printedCells().some((cell) => cell.row === row && cell.expected === 'waived'),
    ),
  )('$row holds a hotfix that goes by no break-glass', ({ stored, facts, code }) => {
    const plan = { planClass: 'hotfix', forward: true } as const;
    const result = judged(plan, stored, { ...facts, planClass: 'hotfix' });
    expect(result).toEqual({ satisfied: false, violations: [code], noted: [] });
  });
});
