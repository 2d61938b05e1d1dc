import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAY_MS } from '../schedules/calendar-day.js';
import {
  type DurationHistogram,
  durationBucketOf,
  durationQuantile,
  QUANTILE_ERROR,
} from './duration-histogram.js';

const ROUNDING = 1e-9;

function histogramOf(durations: readonly number[]): DurationHistogram {
  const counts = new Map<number, number>();
  for (const ms of durations) {
    const bucket = durationBucketOf(ms);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  return counts;
}

function merged(one: DurationHistogram, other: DurationHistogram): DurationHistogram {
  const sum = new Map(one);
  for (const [bucket, count] of other) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
  return sum;
}

/** The shortest that a part `q` of all are no longer than, by sorting them. */
function exactQuantile(durations: readonly number[], q: number): number {
  const sorted = [...durations].sort((a, b) => a - b);
  return sorted[Math.ceil(q * sorted.length) - 1]!;
}

const someDurations = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 10 }),
    fc.integer({ min: 0, max: 3_600_000 }),
    fc.integer({ min: 0, max: 400 * DAY_MS }),
  ),
  { minLength: 1, maxLength: 200 },
);
const somePart = fc.constantFrom(0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 1);

describe('quantiles of durations', () => {
  it('are within the error of those found by sorting', () => {
    const law = fc.property(someDurations, somePart, (durations, q) => {
      const exact = exactQuantile(durations, q);
      const found = durationQuantile(histogramOf(durations), q)!;
      expect(Math.abs(found - exact)).toBeLessThanOrEqual((QUANTILE_ERROR + ROUNDING) * exact);
    });
    fc.assert(law, { numRuns: 1_000 });
  });

  it('do not depend on how the durations were split before they were merged', () => {
    const law = fc.property(someDurations, someDurations, somePart, (one, other, q) => {
      const split = merged(histogramOf(one), histogramOf(other));
      expect(split).toEqual(histogramOf([...one, ...other]));
      expect(durationQuantile(split, q)).toBe(durationQuantile(histogramOf([...other, ...one]), q));
    });
    fc.assert(law, { numRuns: 200 });
  });

  it.each([
    { name: 'nothing was counted', durations: [], q: 0.5, expected: undefined },
    { name: 'the only one took no time', durations: [0], q: 0.95, expected: 0 },
    { name: 'half of them took no time', durations: [0, 0, 60_000, 60_000], q: 0.5, expected: 0 },
  ])('are exact where $name', ({ durations, q, expected }) => {
    expect(durationQuantile(histogramOf(durations), q)).toBe(expected);
  });

  it('need few buckets: 1,000 different durations from a second to an hour take about 200', () => {
    const durations = Array.from({ length: 1_000 }, (_, n) =>
      Math.round(1_000 * 3600 ** (n / 999)),
    );
    expect(histogramOf(durations).size).toBe(206);
    expect(durationBucketOf(Number.MAX_SAFE_INTEGER)).toBe(920);
  });
});
