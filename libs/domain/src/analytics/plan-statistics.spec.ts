import { describe, expect, it } from '@jest/globals';
import { durationBucketOf } from './duration-histogram.js';
import type { PlanCounter } from './plan-counts.js';
import { planStatistics } from './plan-statistics.js';

function statisticsOf(sums: Readonly<Partial<Record<PlanCounter, number>>>) {
  return planStatistics(new Map(Object.entries(sums) as [PlanCounter, number][]));
}

describe('statistics of plans', () => {
  const RATES: { name: string; sums: Partial<Record<PlanCounter, number>>; expected: object }[] = [
    {
      name: 'no data where nothing was counted',
      sums: {},
      expected: {
        total: 0,
        succeeded: 0,
        failed: 0,
        rolledBack: 0,
        cancelled: 0,
        successRate: null,
        rollbackRate: null,
        durationMs: null,
        waitsMs: null,
        violations: [],
        breakGlassRate: null,
        approvals: [],
      },
    },
    {
      name: 'no rate where all were cancelled',
      sums: { cancelled: 3 },
      expected: { total: 0, cancelled: 3, successRate: null, rollbackRate: null, durationMs: null },
    },
    {
      name: 'a rate of 0 where all failed',
      sums: { failed: 2 },
      expected: { total: 2, successRate: 0, rollbackRate: 0 },
    },
    {
      name: 'those rolled back among the failed, and the cancelled in no rate',
      sums: { succeeded: 5, failed: 3, rolled_back: 2, cancelled: 7 },
      expected: { total: 8, failed: 3, rolledBack: 2, successRate: 0.625, rollbackRate: 0.25 },
    },
    {
      name: 'no times where plans ended only after a doubt',
      sums: { succeeded: 1 },
      expected: { total: 1, successRate: 1, durationMs: null, waitsMs: null },
    },
    {
      name: 'a rate of break-glass, of those that ended',
      sums: { succeeded: 3, failed: 1, break_glass: 1 },
      expected: { total: 4, breakGlassRate: 0.25 },
    },
    {
      name: 'no break-glass as 0 where plans ended without',
      sums: { succeeded: 1 },
      expected: { breakGlassRate: 0 },
    },
    {
      name: 'violations by how many plans they blocked, then by code',
      sums: { 'violation:rule': 2, 'violation:spoke_ready': 2, 'violation:concurrency': 9 },
      expected: {
        total: 0,
        violations: [
          { code: 'concurrency', count: 9 },
          { code: 'rule', count: 2 },
          { code: 'spoke_ready', count: 2 },
        ],
      },
    },
  ];
  it.each(RATES)('tell $name', ({ sums, expected }) => {
    expect(statisticsOf(sums)).toMatchObject(expected);
  });

  it('tell the mean exactly, and the quantiles nearly', () => {
    const durations = [10_000, 10_000, 20_000, 1_000_001];
    const buckets = durations.map((ms) => [`duration:${durationBucketOf(ms)}`, 1] as const);
    const { durationMs } = statisticsOf({
      timed: 4,
      execution_ms: 1_040_001,
      ...Object.fromEntries(buckets),
      [`duration:${durationBucketOf(10_000)}`]: 2,
    });
    expect(durationMs!.mean).toBe(260_000.25);
    expect(Math.abs(durationMs!.p50 - 10_000)).toBeLessThanOrEqual(200);
    expect(Math.abs(durationMs!.p95 - 1_000_001)).toBeLessThanOrEqual(20_001);
  });

  it('tell who approves how much, and how soon', () => {
    const [second, hour] = [durationBucketOf(1_000), durationBucketOf(3_600_000)];
    const { approvals } = statisticsOf({
      [`approved:${second}:bob`]: 2,
      [`approved:${hour}:ann`]: 2,
      [`approved:${second}:ann`]: 1,
      [`approved:${second}:oidc:eve`]: 2,
    });
    expect(approvals.map(({ by, count }) => [by, count])).toEqual([
      ['ann', 3],
      ['bob', 2],
      ['oidc:eve', 2],
    ]);
    const [ann = 0, bob = 0] = approvals.map(({ medianMs }) => medianMs);
    expect(Math.abs(ann - 3_600_000)).toBeLessThanOrEqual(72_000);
    expect(Math.abs(bob - 1_000)).toBeLessThanOrEqual(20);
  });

  it('tell what plans waited for on the average, 0 for what none of them did', () => {
    const { waitsMs } = statisticsOf({
      timed: 4,
      execution_ms: 80,
      'duration:1': 4,
      'wait_ms:window': 10,
      'wait_ms:start': 2,
    });
    expect(waitsMs).toEqual({
      other: 0,
      dependency: 0,
      approval: 0,
      window: 2.5,
      queue: 0,
      start: 0.5,
      execution: 20,
    });
  });
});
