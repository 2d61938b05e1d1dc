import { describe, expect, it } from '@jest/globals';
import { environmentBreaker } from '../constraints/environment-breaker-constraint.js';
import { somePlanFacts } from '../testing.js';
import { breakerThreshold, openBreaker } from './environment-breaker.js';

const NOW = new Date('2026-01-05T09:00:00.000Z');

/** So many suppressions that end one minute after the other, the first a minute from now. */
function ends(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    new Date(NOW.getTime() + (index + 1) * 60_000).toISOString(),
  );
}

describe('the breaker of an environment', () => {
  it.each([
    { entities: 1, threshold: 5 },
    { entities: 10, threshold: 5 },
    { entities: 29, threshold: 5 },
    { entities: 30, threshold: 6 },
    { entities: 34, threshold: 6 },
    { entities: 10_000, threshold: 2000 },
  ])('lets $threshold of $entities entities pass', ({ entities, threshold }) => {
    expect(breakerThreshold(entities)).toBe(threshold);
  });

  it.each([
    { name: 'nobody is suppressed', suppressed: 0, entities: 0, open: undefined },
    { name: 'five of five are suppressed', suppressed: 5, entities: 5, open: undefined },
    {
      name: 'six of ten are suppressed',
      suppressed: 6,
      entities: 10,
      open: { suppressed: 6, threshold: 5, closesAt: '2026-01-05T09:01:00.000Z' },
    },
    { name: 'exactly a fifth is suppressed', suppressed: 20, entities: 100, open: undefined },
    {
      name: 'one more than a fifth is suppressed',
      suppressed: 21,
      entities: 100,
      open: { suppressed: 21, threshold: 20, closesAt: '2026-01-05T09:01:00.000Z' },
    },
    {
      name: 'far too many are suppressed',
      suppressed: 9,
      entities: 10,
      open: { suppressed: 9, threshold: 5, closesAt: '2026-01-05T09:04:00.000Z' },
    },
  ])('is told by the count: $name', ({ suppressed, entities, open }) => {
    expect(openBreaker({ suppressedUntil: ends(suppressed), entities }, NOW)).toEqual(open);
  });

  it('closes by time alone, at the instant that it told', () => {
    const count = { suppressedUntil: ends(9), entities: 10 };
    const closesAt = Date.parse('2026-01-05T09:04:00.000Z');
    expect(openBreaker(count, new Date(closesAt - 1))?.closesAt).toBe('2026-01-05T09:04:00.000Z');
    expect(openBreaker(count, new Date(closesAt))).toBeUndefined();
  });

  it('says the counts and what to do', () => {
    const environment = { name: 'dev', executing: 0, suppressedUntil: ends(6), entities: 10 };
    expect(environmentBreaker.evaluate(somePlanFacts({ now: NOW, environment }))).toMatchObject({
      satisfied: false,
      violations: [
        {
          code: 'environment_breaker',
          message:
            '6 of 10 entities in dev are suppressed after failures, more than the 5 that are let pass; nothing changes there until fewer are: look for what they have in common',
          data: { environment: 'dev', suppressed: 6, entities: 10, threshold: 5 },
        },
      ],
      recheckAt: '2026-01-05T09:01:00.000Z',
    });
  });
});
