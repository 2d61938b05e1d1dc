import { describe, expect, it } from '@jest/globals';
import { planAnalytics } from '../analytics/plan-analytics.js';
import { EngineWorld, failed, must, SUCCEEDED } from '../testing/engine-world.js';
import { recordClockSkew } from './clock-skew.js';
import { recordPlanResult, type SpokeVerdict } from './record-plan-result.js';

const at = (second: string): string => `2026-01-05T09:${second}.000Z`;

/** A plan that went out at 09:00:00, and of which is heard at 09:00:50. */
async function heardLate(skewMs: number, result: SpokeVerdict['result'], said: string) {
  const world = await EngineWorld.build();
  await world.connect();
  must(await recordClockSkew(world.context, world.session, skewMs));
  await world.report({});
  await world.entity();
  await world.settle();
  const { id } = await world.lastPlan();
  world.clock.advance(50_000);
  const verdict = { planId: id, attempt: 1, at: said, result };
  must(await recordPlanResult(world.context, world.session, verdict));
  return world;
}

describe('a plan whose end is heard late has ended', () => {
  it.each([
    { name: 'when its spoke looked', skewMs: 0, said: at('00:14'), ended: at('00:14') },
    { name: 'then by the clock of the hub', skewMs: 90_000, said: at('01:44'), ended: at('00:14') },
    {
      name: 'then by the clock of the hub, if that of the spoke is slow',
      skewMs: -10_000,
      said: at('00:04'),
      ended: at('00:14'),
    },
    {
      name: 'not before it began',
      skewMs: 0,
      said: '2026-01-05T08:59:00.000Z',
      ended: at('00:00'),
    },
    { name: 'not after it was heard', skewMs: 0, said: at('03:00'), ended: at('00:50') },
    {
      name: 'when it was heard, if its spoke names no instant',
      skewMs: 0,
      said: 'just now',
      ended: at('00:50'),
    },
  ])('$name', async ({ skewMs, said, ended }) => {
    for (const result of [SUCCEEDED, failed('unhealthy')]) {
      const world = await heardLate(skewMs, result, said);
      expect(await world.lastPlan()).toMatchObject({ startedAt: at('00:00'), endedAt: ended });
    }
  });

  it('and took as long in the analytics', async () => {
    const world = await heardLate(0, SUCCEEDED, at('00:14'));
    const range = { from: '2026-01-05', to: '2026-01-06' };
    const { groups } = await planAnalytics(world.context, 'type', range);
    expect(groups[0]?.durationMs?.mean).toBe(14_000);
  });
});
