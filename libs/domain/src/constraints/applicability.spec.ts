import { describe, expect, it } from '@jest/globals';
import type { PlanClass } from '../plans/plan-class.js';
import { PLAN_CLASSES } from '../plans/plan-class.js';
import { somePlanFacts } from '../testing.js';
import {
  applicable,
  type ApplicabilityRow,
  bearingOf,
  cellOf,
  type TabledConstraint,
} from './applicability.js';

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
    expect(printedCells()).toHaveLength(16 * 6);
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
    { name: 'a window to a hotfix', row: 'window', planClass: 'hotfix', expected: 'waived' },
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
});
