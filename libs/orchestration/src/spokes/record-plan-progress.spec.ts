import { beforeEach, describe, expect, it } from '@jest/globals';
import { EngineWorld, SUCCEEDED } from '../testing/engine-world.js';

const LOCKED = 'release aria-dev in aria is pending-upgrade at revision 2';

let world: EngineWorld;
let id: string;
beforeEach(async () => {
  world = await EngineWorld.build();
  await world.connect();
  await world.report({});
  await world.entity();
  await world.settle();
  ({ id } = await world.lastPlan());
});

const versionOf = async (): Promise<number> => (await world.planOf(id)).version;

describe('a plan that its spoke cannot go on with', () => {
  it('says for what it waits and since when, where people look', async () => {
    await world.goTo('2026-01-05T09:01:00.000Z');
    await world.waits(id, LOCKED, '2026-01-05T09:00:30.000Z');
    const plan = await world.planOf(id);
    expect(plan).toMatchObject({ state: 'EXECUTING', phase: 'dispatched' });
    expect(plan.progress).toEqual({
      message: LOCKED,
      at: '2026-01-05T09:01:00.000Z',
      waitingSince: '2026-01-05T09:00:30.000Z',
    });
    expect((await world.view()).why).toBe(
      `plan ${id} (install): dispatched, waiting since 2026-01-05T09:00:30.000Z: ${LOCKED}`,
    );
  });

  it('is not written again for the same word', async () => {
    await world.waits(id, LOCKED, '2026-01-05T09:00:00.000Z');
    const version = await versionOf();
    await world.goTo('2026-01-05T09:01:00.000Z');
    await world.waits(id, LOCKED, '2026-01-05T09:00:00.000Z');
    expect(await versionOf()).toBe(version);
    await world.waits(id, 'chart aria 1.0.0 is being fetched', '2026-01-05T09:01:00.000Z');
    expect((await world.planOf(id)).progress).toMatchObject({
      message: 'chart aria 1.0.0 is being fetched',
    });
  });

  it('never waits since an instant that is still to come, whatever the clock of its spoke says', async () => {
    await world.waits(id, LOCKED, '2030-01-01T00:00:00.000Z');
    await world.waits(id, 'another reason', 'nonsense');
    expect((await world.planOf(id)).progress?.waitingSince).toBe('2026-01-05T09:00:00.000Z');
  });

  it('goes on with its claim, and says no more that it waits', async () => {
    await world.waits(id, LOCKED, '2026-01-05T09:00:00.000Z');
    await world.progress(id, 'claimed');
    expect(await world.planOf(id)).not.toHaveProperty('progress');
    await world.waits(id, LOCKED, '2026-01-05T09:00:00.000Z');
    await world.progress(id, 'claimed', 'the release is claimed for this plan');
    expect((await world.planOf(id)).progress).not.toHaveProperty('waitingSince');
  });

  it('keeps nothing of it once it has ended', async () => {
    await world.waits(id, LOCKED, '2026-01-05T09:00:00.000Z');
    await world.result(id, SUCCEEDED, { version: '1.0.0', revision: 1 });
    expect(await world.planOf(id)).not.toHaveProperty('progress');
    await world.waits(id, LOCKED, '2026-01-05T09:00:00.000Z');
    expect(await world.planOf(id)).not.toHaveProperty('progress');
  });
});

describe('what is said of a plan as it goes on', () => {
  it('is kept with each phase, and within one every ten seconds at most', async () => {
    await world.progress(id, 'verifying', '0 of 2 pods are ready');
    const version = await versionOf();
    await world.goTo('2026-01-05T09:00:09.999Z');
    await world.progress(id, 'verifying', '1 of 2 pods is ready');
    expect(await versionOf()).toBe(version);
    await world.goTo('2026-01-05T09:00:10.000Z');
    await world.progress(id, 'verifying', '0 of 2 pods are ready');
    expect(await versionOf()).toBe(version);
    await world.progress(id, 'verifying', '1 of 2 pods is ready');
    expect((await world.planOf(id)).progress).toEqual({
      message: '1 of 2 pods is ready',
      at: '2026-01-05T09:00:10.000Z',
    });
  });

  it('is cut to what a frame may say', async () => {
    await world.progress(id, 'helm', 'x'.repeat(5000));
    expect((await world.planOf(id)).progress?.message).toHaveLength(2048);
  });
});
