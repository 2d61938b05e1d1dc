import { describe, expect, it } from '@jest/globals';
import { aRunRecord } from '../testing.js';
import { healthyTime, pauseRun, resumeRun } from './run-record.js';

const NINE = '2026-01-05T09:00:00.000Z';
const TEN = '2026-01-05T10:00:00.000Z';
const HOUR_MS = 3_600_000;

describe('the record of a run', () => {
  it('counts from the first healthy report on, and is proven by it', () => {
    const run = resumeRun(aRunRecord({ healthyMs: 0 }), NINE);
    expect(run).toMatchObject({ provenAt: NINE, healthySince: NINE });
    expect(healthyTime(run, TEN)).toBe(HOUR_MS);
  });

  it('keeps what it counted while it pauses, and goes on from there', () => {
    const paused = pauseRun(aRunRecord({ provenAt: NINE, healthySince: NINE }), TEN);
    expect(paused).toEqual(aRunRecord({ provenAt: NINE, healthyMs: HOUR_MS }));
    const again = resumeRun(paused, '2026-01-05T12:00:00.000Z');
    expect(again.provenAt).toBe(NINE);
    expect(healthyTime(again, '2026-01-05T12:30:00.000Z')).toBe(1.5 * HOUR_MS);
  });

  it('is not begun anew by another healthy report', () => {
    const run = aRunRecord({ provenAt: NINE, healthySince: NINE });
    expect(resumeRun(run, TEN)).toEqual(run);
  });

  it('is not paused twice, and never counts backwards', () => {
    const paused = aRunRecord({ healthyMs: HOUR_MS });
    expect(pauseRun(paused, TEN)).toBe(paused);
    expect(pauseRun(aRunRecord({ healthySince: TEN }), NINE).healthyMs).toBe(0);
  });
});
