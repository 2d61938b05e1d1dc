import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { WindowSchedule } from '../schedules/window-schedule.js';
import { aMaintenanceWindow, aSuppressionWindow, somePlanFacts } from '../testing.js';
import { toldOnly } from './applicability.js';
import type { Constraint } from './constraint.js';
import { earliestAt, evaluateConstraints } from './constraint-evaluator.js';
import { BUILT_IN_CONSTRAINTS } from './index.js';
import { rule } from './kinds/rule.js';
import { windowsConstraint } from './windows-constraint.js';

const holds: Constraint = {
  kind: 'holds',
  evaluate: () => ({ satisfied: true, violations: [], metadata: {} }),
};
function fails(code: string, recheckAt?: string): Constraint {
  const until = recheckAt === undefined ? {} : { recheckAt };
  return {
    kind: 'fails',
    evaluate: () => ({
      satisfied: false,
      violations: [{ code, message: code, data: {}, ...until }],
      metadata: {},
      ...until,
    }),
  };
}

const calm = somePlanFacts().environment;

describe('the built-in constraints', () => {
  it.each([
    { name: 'the spoke is connected', change: {}, codes: [] },
    {
      name: 'the spoke is away',
      change: {
        spoke: { name: 'dev', presence: 'disconnected' as const, reported: true, executing: 0 },
      },
      codes: ['spoke_ready'],
    },
    {
      name: 'the spoke has connected and not yet reported',
      change: {
        spoke: { name: 'dev', presence: 'connected' as const, reported: false, executing: 0 },
      },
      codes: ['spoke_ready'],
    },
    {
      name: 'the spoke has yet to tell its ledger',
      change: {
        spoke: {
          ...{ name: 'dev', presence: 'connected' as const, reported: true, executing: 0 },
          ledgerToCome: true,
        },
      },
      codes: ['spoke_ready'],
    },
    {
      name: 'the spoke is away, and has yet to tell its ledger',
      change: {
        spoke: {
          ...{ name: 'dev', presence: 'stale' as const, reported: false, executing: 0 },
          ledgerToCome: true,
        },
      },
      codes: ['spoke_ready'],
    },
    {
      name: 'as many plans execute as the environment allows',
      change: { environment: { ...calm, executing: 2, maxConcurrent: 2 } },
      codes: ['concurrency'],
    },
    {
      name: 'one plan fewer executes than the environment allows',
      change: { environment: { ...calm, executing: 1, maxConcurrent: 2 } },
      codes: [],
    },
    {
      name: 'the spoke is lost and the environment is full',
      change: {
        spoke: { name: 'dev', presence: 'lost' as const, reported: true, executing: 0 },
        environment: { ...calm, executing: 1, maxConcurrent: 1 },
      },
      codes: ['spoke_ready', 'concurrency'],
    },
  ])('violate $codes when $name', ({ change, codes }) => {
    const result = evaluateConstraints(BUILT_IN_CONSTRAINTS, somePlanFacts(change));
    expect(result.violations.map(({ code }) => code)).toEqual(codes);
    expect(result.satisfied).toBe(codes.length === 0);
  });

  it.each([
    { name: 'five minutes ahead', clockSkewMs: 300_000, expected: [] },
    { name: 'five minutes behind', clockSkewMs: -300_000, expected: [] },
    {
      name: 'a millisecond more ahead',
      clockSkewMs: 300_001,
      expected: [
        "the clock of spoke dev is 6 minutes ahead of the hub's, and 5 are allowed; set the clocks of both right (NTP), and the plan goes with the next heartbeat",
      ],
    },
    {
      name: 'two hours behind',
      clockSkewMs: -7_200_000,
      expected: [
        "the clock of spoke dev is 120 minutes behind the hub's, and 5 are allowed; set the clocks of both right (NTP), and the plan goes with the next heartbeat",
      ],
    },
  ])('look at the clock of the spoke: $name', ({ clockSkewMs, expected }) => {
    const spoke = { ...somePlanFacts().spoke, clockSkewMs };
    const { violations } = evaluateConstraints(BUILT_IN_CONSTRAINTS, somePlanFacts({ spoke }));
    expect(violations.map(({ message }) => message)).toEqual(expected);
  });

  it.each([
    { name: 'never said', capabilities: undefined, requires: ['gpu'], expected: [] },
    { name: 'has it all', capabilities: ['install', 'gpu'], requires: ['gpu'], expected: [] },
    {
      name: 'lacks what the release needs',
      capabilities: ['install', 'gpu'],
      requires: ['arm64', 'gpu', 'fips'],
      expected: [['arm64', 'fips']],
    },
    {
      name: 'does no such plans',
      capabilities: ['uninstall'],
      requires: [],
      expected: [['install']],
    },
    {
      name: 'lacks both',
      capabilities: [],
      requires: ['gpu'],
      expected: [['install'], ['gpu']],
    },
  ])('look at what the spoke can do: it $name', ({ capabilities, requires, expected }) => {
    const base = somePlanFacts();
    const spoke = { ...base.spoke, ...(capabilities !== undefined && { capabilities }) };
    const rule = { ...base.rule, planType: 'install' as const };
    const facts = somePlanFacts({ spoke, requires, rule });
    const { violations } = evaluateConstraints(BUILT_IN_CONSTRAINTS, facts);
    expect(violations.map(({ data }) => data['missing'])).toEqual(expected);
  });

  it('say what a spoke lacks and what to do', () => {
    const spoke = { ...somePlanFacts().spoke, capabilities: ['upgrade'] };
    const rule = { ...somePlanFacts().rule, planType: 'install' as const };
    const facts = somePlanFacts({ spoke, rule, requires: ['gpu'] });
    const { violations } = evaluateConstraints(BUILT_IN_CONSTRAINTS, facts);
    expect(violations.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'spoke_ready: the agent of spoke dev carries out no install plans; install a newer one in its cluster',
      'spoke_ready: spoke dev does not have gpu, which the release of this plan requires; give it what has that, or desire a release that does not require it',
    ]);
  });

  it.each([
    { name: 'it is the work of Apollo', foreign: false, adopt: undefined, expected: [] },
    {
      name: 'somebody else made it',
      foreign: true,
      adopt: undefined,
      expected: [
        'adoption: release aria/aria on spoke dev was not made by Apollo; let the next plan of aria-dev adopt it (PUT /api/v1/entities/aria-dev/adoption), or install under another release name',
      ],
    },
    {
      name: 'somebody else made it and the plan adopts it',
      foreign: true,
      adopt: true,
      expected: [],
    },
  ])('look at whose the release is: $name', ({ foreign, adopt, expected }) => {
    const { entity, content } = somePlanFacts();
    const facts = somePlanFacts({
      entity: { ...entity, ...(foreign && { foreignRelease: 'aria/aria' }) },
      content: { ...content, ...(adopt !== undefined && { adopt }) },
    });
    const { violations } = evaluateConstraints(BUILT_IN_CONSTRAINTS, facts);
    expect(violations.map(({ code, message }) => `${code}: ${message}`)).toEqual(expected);
  });

  it('let no agent of before adopt, which would refuse it', () => {
    const { content, spoke } = somePlanFacts();
    const facts = somePlanFacts({
      content: { ...content, adopt: true },
      spoke: { ...spoke, capabilities: ['upgrade'] },
    });
    const { violations } = evaluateConstraints(BUILT_IN_CONSTRAINTS, facts);
    expect(violations.map(({ message }) => message)).toContain(
      'the agent of spoke dev adopts no releases; install a newer one in its cluster',
    );
  });

  it('say since when a spoke has been away', () => {
    const spoke = {
      name: 'edge',
      presence: 'lost' as const,
      reported: true,
      executing: 0,
      lastSeenAt: '2026-01-04T08:00:00.000Z',
    };
    const [violation] = evaluateConstraints(
      BUILT_IN_CONSTRAINTS,
      somePlanFacts({ spoke }),
    ).violations;
    expect(violation?.message).toBe(
      'spoke edge is lost (last seen 2026-01-04T08:00:00.000Z); the plan goes when it is back',
    );
  });
});

describe('the constraint evaluator', () => {
  it('asks all constraints, even after one has failed', () => {
    const result = evaluateConstraints([fails('a'), holds, fails('b')], somePlanFacts());
    expect(result.violations.map(({ code }) => code)).toEqual(['a', 'b']);
  });

  it('wakes up at the earliest instant of all', () => {
    const result = evaluateConstraints(
      [fails('a', '2026-02-01T00:00:00.000Z'), fails('b', '2026-01-06T00:00:00.000Z'), fails('c')],
      somePlanFacts(),
    );
    expect(result.recheckAt).toBe('2026-01-06T00:00:00.000Z');
  });

  it('wakes up when one of several reasons of a constraint ends', () => {
    const twice: Constraint = {
      kind: 'twice',
      evaluate: () => ({
        satisfied: false,
        violations: [
          { code: 'a', message: 'a', data: {}, recheckAt: '2026-01-06T00:00:00.000Z' },
          { code: 'b', message: 'b', data: {} },
        ],
        metadata: {},
        recheckAt: '2026-02-01T00:00:00.000Z',
      }),
    };
    expect(evaluateConstraints([twice], somePlanFacts()).recheckAt).toBe(
      '2026-01-06T00:00:00.000Z',
    );
  });

  const constraints = fc.array(fc.constantFrom(holds, fails('a'), fails('b')), { maxLength: 8 });

  it('is never more satisfied with one constraint more', () => {
    fc.assert(
      fc.property(constraints, fc.constantFrom(holds, fails('c')), (some, more) => {
        const before = evaluateConstraints(some, somePlanFacts()).satisfied;
        const after = evaluateConstraints([...some, more], somePlanFacts()).satisfied;
        expect(before || !after).toBe(true);
      }),
    );
  });

  it('gives the same violations in any order of the constraints', () => {
    fc.assert(
      fc.property(constraints, (some) => {
        const codes = (list: readonly Constraint[]): string[] =>
          evaluateConstraints(list, somePlanFacts())
            .violations.map(({ code }) => code)
            .sort();
        expect(codes([...some].reverse())).toEqual(codes(some));
      }),
    );
  });
});

function windows(...suppressions: Parameters<typeof aSuppressionWindow>[0][]): Constraint {
  const schedule = new WindowSchedule({
    windows: [aMaintenanceWindow({ name: 'saturdays' })],
    suppressions: suppressions.map(aSuppressionWindow),
  });
  return windowsConstraint(schedule);
}

function ruleAbout(product: string): Constraint {
  const when = { fact: 'product.name', operator: 'eq', value: product };
  const compiled = rule.compile({ message: `only ${product}`, when }, 'only');
  if (!compiled.ok || !('constraint' in compiled.value)) throw new Error('it does not compile');
  return compiled.value.constraint;
}

const FIRST_DAY = Date.parse('2026-01-04T03:00:00Z');
const TEN_DAYS = 10 * 86_400_000;

// The facts are of Monday, 5 January 2026, 09:00; the window is open on Saturdays from 02:00 to 06:00.
describe('the earliest instant', () => {
  /** Holds at 03:00 of every tenth day from 4 January on, for that instant. */
  const everyTenDays: Constraint = {
    kind: 'every_ten_days',
    evaluate: (facts) => {
      const since = facts.now.getTime() - FIRST_DAY;
      const next = FIRST_DAY + Math.ceil(since / TEN_DAYS) * TEN_DAYS;
      if (next === facts.now.getTime()) return holds.evaluate(facts);
      return fails('not today', new Date(next).toISOString()).evaluate(facts);
    },
  };

  it.each([
    { name: 'now, if all hold', constraints: [holds], expected: '2026-01-05T09:00:00.000Z' },
    {
      name: 'when the window opens',
      constraints: [windows(), ruleAbout('aria')],
      expected: '2026-01-10T02:00:00.000Z',
    },
    {
      name: 'when the suppression ends inside the window',
      constraints: [windows({ start: '2026-01-01T00:00:00Z', end: '2026-01-10T05:59:00Z' })],
      expected: '2026-01-10T05:59:00.000Z',
    },
    {
      name: 'in the next window, if the suppression outlasts this one',
      constraints: [windows({ start: '2026-01-01T00:00:00Z', end: '2026-01-10T06:00:00Z' })],
      expected: '2026-01-17T02:00:00.000Z',
    },
    {
      name: 'past a suppression that begins only after the first window opens',
      constraints: [windows({ start: '2026-01-10T02:00:00Z', end: '2026-01-12T00:00:00Z' })],
      expected: '2026-01-17T02:00:00.000Z',
    },
    {
      name: 'where two that come and go meet at last',
      constraints: [windows(), everyTenDays],
      expected: '2026-01-24T03:00:00.000Z',
    },
  ])('is $name', ({ constraints, expected }) => {
    expect(earliestAt(constraints, somePlanFacts())).toBe(expected);
  });

  it.each([
    { name: 'a rule does not hold', constraints: [windows(), ruleAbout('base')] },
    {
      name: 'the spoke is away',
      constraints: [windows(), fails('spoke_ready')],
    },
    {
      name: 'it is beyond 400 days',
      constraints: [windows({ start: '2026-01-01T00:00:00Z', end: '2027-06-01T00:00:00Z' })],
    },
  ])('is unknown where $name', ({ constraints }) => {
    expect(earliestAt(constraints, somePlanFacts())).toBeUndefined();
  });
});

describe('a constraint with a bug', () => {
  const broken: Constraint = {
    kind: 'rule',
    name: 'no fridays',
    evaluate: () => {
      throw new TypeError('facts.moon is undefined');
    },
  };
  const held = {
    code: 'constraint_failed',
    message:
      'constraint rule "no fridays" met a bug and could not say whether this plan may go (facts.moon is undefined); report it with the hub\'s log',
    data: { kind: 'rule', name: 'no fridays' },
  };

  it('holds the plan by its name, and the others are asked all the same', () => {
    const { satisfied, violations, faults } = evaluateConstraints(
      [fails('before'), broken, fails('after')],
      somePlanFacts(),
    );
    expect(satisfied).toBe(false);
    expect(violations.map(({ code }) => code)).toEqual(['before', 'constraint_failed', 'after']);
    expect(violations[1]).toEqual(held);
    expect(faults?.map(({ message }) => message)).toEqual([
      'constraint rule "no fridays" met a bug: facts.moon is undefined',
    ]);
  });

  it('is not cured by time', () => {
    expect(earliestAt([broken], somePlanFacts())).toBeUndefined();
  });

  it('holds nothing where it is only told, and the bug is known', () => {
    const result = evaluateConstraints([toldOnly(broken, 'waived')], somePlanFacts());
    expect(result).toMatchObject({ satisfied: true, noted: [{ ...held, effect: 'waived' }] });
    expect(result.faults).toHaveLength(1);
  });
});
