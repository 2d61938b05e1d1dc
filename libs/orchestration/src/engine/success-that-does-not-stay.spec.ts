import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AutomaticSuppression, Plan } from '@apollo-deploy/domain';
import { EngineWorld, failed, SUCCEEDED } from '../testing/engine-world.js';

const ENTITY = 'aria-dev';
const RUNS = { version: '1.0.0', revision: 1 };

let world: EngineWorld;
beforeEach(async () => {
  world = await EngineWorld.build();
  await world.connect();
  await world.report({});
  await world.entity();
  await world.settle();
});

/** The spoke says that the plan it was offered succeeded, but what it reports is something else. */
async function succeedsInVain(): Promise<void> {
  await world.result((await world.lastPlan()).id, SUCCEEDED);
  await world.report({});
  await world.settle();
}

/** Its last plan succeeds, and something takes an object away again. */
async function driftsAgain(): Promise<void> {
  await world.result((await world.lastPlan()).id, SUCCEEDED, RUNS);
  await world.settle();
  await world.report({ [ENTITY]: { ...RUNS, missing: 'aria', health: 'Missing' } });
  await world.settle();
}

async function times(count: number, what: () => Promise<void>): Promise<void> {
  for (let time = 0; time < count; time += 1) await what();
}

async function passes(minutes: number): Promise<void> {
  await world.goTo(new Date(world.clock.now().getTime() + minutes * 60_000).toISOString());
  await world.engine.markDue();
  await world.settle();
}

async function suppression(): Promise<AutomaticSuppression | undefined> {
  const [found] = await world.context.store.transact((unit) =>
    unit.suppressions.ofEntities([ENTITY]),
  );
  return found;
}

async function states(): Promise<readonly Plan['state'][]> {
  return (await world.plans()).map(({ state }) => state);
}

const FIVE = Array<Plan['state']>(5).fill('SUCCEEDED');

describe('content that succeeds and does not stay', () => {
  it.each([
    { name: 'the spoke reports something else each time', what: succeedsInVain },
    { name: 'something keeps taking an object away', what: driftsAgain },
  ])('waits after five successes in a row: $name', async ({ what }) => {
    await times(4, what);
    expect(await world.lastPlan()).toMatchObject({ state: 'EXECUTING' });
    await what();
    expect(await states()).toEqual([...FIVE, 'BLOCKED']);
    expect(await world.lastPlan()).toMatchObject({
      recheckAt: '2026-01-05T09:30:00.000Z',
      violations: [
        {
          code: 'automatic_suppression',
          message: expect.stringContaining(
            '5 plans with this content succeeded within the hour and it did not stay; something else changes it',
          ),
        },
      ],
    });
  });

  it('waits twice as long each time it is tried again and does not stay', async () => {
    await times(5, driftsAgain);
    const ends: unknown[] = [(await suppression())?.until];
    for (const minutes of [30, 60]) {
      await passes(minutes);
      expect(await world.lastPlan()).toMatchObject({ state: 'EXECUTING' });
      await driftsAgain();
      ends.push((await suppression())?.until);
    }
    expect(ends).toEqual([
      '2026-01-05T09:30:00.000Z',
      '2026-01-05T10:30:00.000Z',
      '2026-01-05T12:30:00.000Z',
    ]);
  });

  it('is free when it stayed until its time was over', async () => {
    await times(4, driftsAgain);
    await world.result((await world.lastPlan()).id, SUCCEEDED, RUNS);
    await world.settle();
    await passes(31);
    await world.report({ [ENTITY]: { ...RUNS, missing: 'aria', health: 'Missing' } });
    await world.settle();
    await passes(60);
    await driftsAgain();
    expect(await suppression()).toBeUndefined();
    expect(await world.lastPlan()).toMatchObject({ state: 'EXECUTING' });
  });

  it('goes on for ever where it is put right less than five times an hour', async () => {
    for (let time = 0; time < 12; time += 1) {
      await driftsAgain();
      await passes(16);
    }
    expect(await suppression()).toBeUndefined();
  });

  it('does not hold other content', async () => {
    await times(5, driftsAgain);
    await world.entity({ version: '1.1.0' });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ state: 'EXECUTING', to: { version: '1.1.0' } });
  });

  it('is not what a success after a failure is', async () => {
    await world.result((await world.lastPlan()).id, failed('refused'));
    await world.settle();
    await passes(30);
    await world.result((await world.lastPlan()).id, SUCCEEDED, RUNS);
    expect(await suppression()).toBeUndefined();
  });
});
