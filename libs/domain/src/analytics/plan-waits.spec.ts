import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Violation } from '../constraints/violation.js';
import { VIOLATION_CODES } from '../constraints/violation-codes.js';
import { beginWaits, turnWaits } from './plan-waits.js';

const START = Date.parse('2026-03-01T12:00:00.000Z');

function violationsOf(...codes: readonly string[]): readonly Violation[] {
  return codes.map((code) => ({ code, message: '', data: {} }));
}

function after(ms: number): string {
  return new Date(START + ms).toISOString();
}

describe('what a plan waits for', () => {
  it.each([
    { name: 'nothing', codes: [], expected: 'start' },
    { name: 'a window that is shut', codes: ['maintenance_window'], expected: 'window' },
    { name: 'a freeze', codes: ['suppression_window'], expected: 'window' },
    { name: 'a free slot', codes: ['concurrency'], expected: 'queue' },
    { name: 'something it needs', codes: ['dependency_missing'], expected: 'dependency' },
    { name: 'something that needs it', codes: ['dependent_range'], expected: 'dependency' },
    { name: 'a rule of the operators', codes: ['rule'], expected: 'other' },
    { name: 'its spoke', codes: ['spoke_ready'], expected: 'other' },
    { name: 'a code nobody knows', codes: ['constructor'], expected: 'other' },
    {
      name: 'a slot and a window: the window',
      codes: ['concurrency', 'maintenance_window'],
      expected: 'window',
    },
    {
      name: 'a window and a dependency: the dependency',
      codes: ['maintenance_window', 'dependency_version'],
      expected: 'dependency',
    },
    {
      name: 'a dependency and a rule: the rule',
      codes: ['dependency_version', 'rule'],
      expected: 'other',
    },
  ])('is told of one that waits for $name', ({ codes, expected }) => {
    expect(beginWaits(violationsOf(...codes), after(0))).toEqual({
      ms: {},
      on: expected,
      since: after(0),
      codes,
    });
  });

  it('counts each stretch for what held the plan in it', () => {
    const waits = [
      { at: 10, holds: ['concurrency', 'maintenance_window'] },
      { at: 30, holds: ['concurrency'] },
      { at: 35, holds: ['maintenance_window'] },
      { at: 100, holds: [] },
      { at: 101, holds: [] },
    ].reduce(
      (waits, { at, holds }) =>
        turnWaits({ createdAt: after(0), waits }, violationsOf(...holds), after(at)),
      beginWaits(violationsOf('rule', 'rule'), after(0)),
    );
    expect(waits).toEqual({
      ms: { other: 10, window: 85, queue: 5, start: 1 },
      on: 'start',
      since: after(101),
      codes: ['rule', 'concurrency', 'maintenance_window'],
    });
  });

  it('counts nothing for a clock that was turned back', () => {
    const waits = turnWaits(
      { createdAt: after(50), waits: beginWaits([], after(50)) },
      [],
      after(20),
    );
    expect(waits).toMatchObject({ ms: {}, since: after(20) });
  });

  it('counts as other what an older version did not keep', () => {
    const waits = turnWaits({ createdAt: after(0) }, violationsOf('concurrency'), after(40));
    expect(waits).toEqual({
      ms: { other: 40 },
      on: 'queue',
      since: after(40),
      codes: ['concurrency'],
    });
  });

  it('adds up to the time between its first and its last instant, whatever held it', () => {
    const someTurns = fc.array(
      fc.record({
        afterMs: fc.integer({ min: 0, max: 86_400_000 }),
        codes: fc.subarray([...VIOLATION_CODES, 'unheard_of']),
      }),
      { maxLength: 20 },
    );
    const law = fc.property(someTurns, (turns) => {
      let at = 0;
      let waits = beginWaits([], after(0));
      for (const { afterMs, codes } of turns) {
        at += afterMs;
        waits = turnWaits({ createdAt: after(0), waits }, violationsOf(...codes), after(at));
      }
      const waited = Object.values(waits.ms).reduce((sum, ms) => sum + ms, 0);
      expect(waited).toBe(at);
    });
    fc.assert(law, { numRuns: 300 });
  });
});
