import { describe, expect, it } from '@jest/globals';
import { EngineWorld, HELLO, must } from '../testing/engine-world.js';
import { admitted } from '../testing/joined-spoke.js';
import { clockSkew, recordClockSkew } from './clock-skew.js';
import { openSession } from './spoke-session.js';

const MINUTE_MS = 60_000;

describe('a spoke whose clock is wrong', () => {
  it('gets no plan until it is right, and then at once', async () => {
    const world = await EngineWorld.build();
    world.session = must(await openSession(world.context, admitted('dev'), HELLO, 12 * MINUTE_MS));
    await world.report({});
    await world.entity();
    await world.settle();
    expect((await world.lastPlan()).violations).toMatchObject([
      { code: 'spoke_ready', data: { spoke: 'dev', clockSkewMs: 720_000, allowedMs: 300_000 } },
    ]);

    must(await recordClockSkew(world.context, world.session, 200));
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ state: 'EXECUTING', violations: [] });
  });

  it('is not written down anew for what a message takes on its way', async () => {
    const world = await EngineWorld.build();
    world.session = must(await openSession(world.context, admitted('dev'), HELLO, 0));
    const skewAfter = async (skewMs: number): Promise<number | undefined> => {
      must(await recordClockSkew(world.context, world.session, skewMs));
      const spoke = await world.context.store.transact((unit) => unit.spokes.get('dev'));
      return spoke?.clockSkewMs;
    };
    expect(await skewAfter(-59_999)).toBe(0);
    expect(await skewAfter(-60_000)).toBe(-60_000);
  });

  it.each([
    { said: '2026-01-05T09:01:00.000Z', expected: 60_000 },
    { said: '2026-01-05T10:00:00+01:00', expected: 0 },
    { said: 'soon', expected: undefined },
  ])('is measured by what it says: $said', ({ said, expected }) => {
    expect(clockSkew(said, new Date('2026-01-05T09:00:00.000Z'))).toBe(expected);
  });
});
