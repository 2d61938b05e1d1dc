import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { somePlanFacts } from '../testing.js';
import type { Constraint } from './constraint.js';
import { evaluateConstraints } from './constraint-evaluator.js';
import { BUILT_IN_CONSTRAINTS } from './index.js';

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

describe('the built-in constraints', () => {
  it.each([
    { name: 'the spoke is connected', change: {}, codes: [] },
    {
      name: 'the spoke is away',
      change: { spoke: { name: 'dev', presence: 'disconnected' as const, reported: true } },
      codes: ['spoke_ready'],
    },
    {
      name: 'the spoke has connected and not yet reported',
      change: { spoke: { name: 'dev', presence: 'connected' as const, reported: false } },
      codes: ['spoke_ready'],
    },
    {
      name: 'as many plans execute as the environment allows',
      change: { environment: { name: 'dev', executing: 2, maxConcurrent: 2 } },
      codes: ['concurrency'],
    },
    {
      name: 'one plan fewer executes than the environment allows',
      change: { environment: { name: 'dev', executing: 1, maxConcurrent: 2 } },
      codes: [],
    },
    {
      name: 'the spoke is lost and the environment is full',
      change: {
        spoke: { name: 'dev', presence: 'lost' as const, reported: true },
        environment: { name: 'dev', executing: 1, maxConcurrent: 1 },
      },
      codes: ['spoke_ready', 'concurrency'],
    },
  ])('violate $codes when $name', ({ change, codes }) => {
    const result = evaluateConstraints(BUILT_IN_CONSTRAINTS, somePlanFacts(change));
    expect(result.violations.map(({ code }) => code)).toEqual(codes);
    expect(result.satisfied).toBe(codes.length === 0);
  });

  it('say since when a spoke has been away', () => {
    const spoke = {
      name: 'edge',
      presence: 'lost' as const,
      reported: true,
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
