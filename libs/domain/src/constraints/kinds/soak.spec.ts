import { describe, expect, it } from '@jest/globals';
import { somePlanFacts } from '../../testing.js';
import type { PromotionFacts, SourceRun } from '../promotion-facts.js';
import { soak } from './soak.js';

const NOW = new Date('2026-01-05T09:00:00.000Z');
const MINUTE_MS = 60_000;
const RUN: SourceRun = {
  entity: 'aria-staging',
  environment: 'staging',
  tier: 'staging',
  proven: true,
  healthyMs: 10 * MINUTE_MS,
  underway: true,
};

function judge(spec: { minutes: number; from?: string }, runs: readonly Partial<SourceRun>[]) {
  const compiled = soak.compile(spec, 'an hour');
  if (!compiled.ok || !('constraint' in compiled.value)) throw new Error('it does not compile');
  const promotion: PromotionFacts = {
    product: 'aria',
    version: '1.1.0',
    tier: 'production',
    changesVersion: true,
    asOf: NOW,
    runs: runs.map((run) => ({ ...RUN, ...run })),
    sourceTiers: ['development', 'staging'],
    lowerEnvironments: [{ name: 'staging', tier: 'staging' }],
  };
  const { satisfied, recheckAt } = compiled.value.constraint.evaluate(
    somePlanFacts({ now: NOW, promotion }),
  );
  return { satisfied, recheckAt };
}

describe('soaking', () => {
  it.each([
    { name: 'the time is reached', runs: [{ healthyMs: 60 * MINUTE_MS }], satisfied: true },
    {
      name: 'a millisecond is missing',
      runs: [{ healthyMs: 60 * MINUTE_MS - 1 }],
      recheckAt: '2026-01-05T09:00:00.001Z',
    },
    { name: 'nobody has run it', runs: [] },
    { name: 'it stands still', runs: [{ underway: false }] },
    {
      name: 'a paused run has more than the one that goes on',
      runs: [{ healthyMs: 50 * MINUTE_MS, underway: false }, {}],
      recheckAt: '2026-01-05T09:50:00.000Z',
    },
    {
      name: 'two that run it have the time together, but neither alone',
      runs: [{ healthyMs: 40 * MINUTE_MS }, { healthyMs: 30 * MINUTE_MS }],
      recheckAt: '2026-01-05T09:20:00.000Z',
    },
    {
      name: 'it soaked in production itself',
      runs: [{ tier: 'production' as const, healthyMs: 90 * MINUTE_MS }],
    },
  ])('is $satisfied when $name', ({ runs, satisfied = false, recheckAt }) => {
    expect(judge({ minutes: 60 }, runs)).toEqual({ satisfied, recheckAt });
  });

  it.each([
    { name: 'in the source that is named', environment: 'canary', satisfied: true },
    { name: 'elsewhere', environment: 'staging', satisfied: false },
  ])('counts what ran $name: $satisfied', ({ environment, satisfied }) => {
    const run = { environment, tier: 'production' as const, healthyMs: 60 * MINUTE_MS };
    expect(judge({ minutes: 60, from: 'canary' }, [run]).satisfied).toBe(satisfied);
  });

  it.each([
    { name: 'no minutes', spec: {}, field: 'minutes' },
    { name: 'half a minute', spec: { minutes: 0.5 }, field: 'minutes' },
    { name: 'more than a year', spec: { minutes: 527_041 }, field: 'minutes' },
    { name: 'a source that is no text', spec: { minutes: 5, from: 7 }, field: 'from' },
  ])('is refused with $name', ({ spec, field }) => {
    expect(soak.compile(spec, 'bad')).toMatchObject({ ok: false, error: { field } });
  });
});
