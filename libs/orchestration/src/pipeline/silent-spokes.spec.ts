import { beforeEach, describe, expect, it } from '@jest/globals';
import { DeploymentWorld } from '../testing/deployment-world.js';

let world: DeploymentWorld;
let id: string;

/** 1.1.0 was brought over 1.0.0, and did well at the first look. */
beforeEach(async () => {
  world = await DeploymentWorld.build();
  await world.deploy({ version: '1.0.0' });
  await world.succeed('1.0.0', 1);
  await world.lookOn();
  ({ id } = await world.deploy({ version: '1.1.0' }));
  await world.succeed('1.1.0', 2);
});

async function looks(): Promise<readonly boolean[] | undefined> {
  return (await world.stored(id)).targets[0]?.looks.map(({ healthy }) => healthy);
}

/** Time goes on, and nobody says anything. */
async function silentFor(minutes: number): Promise<void> {
  world.engine.clock.advance(minutes * 60_000);
  await world.follow();
}

describe('a deployment whose spoke falls silent after its plan has SUCCEEDED', () => {
  it('waits for the spoke, and is completed once that is heard again', async () => {
    await silentFor(5);
    expect(await looks()).toEqual([true]);
    expect((await world.shown(id)).waitsFor).toMatchObject([
      {
        ...{ code: 'spoke_ready', entity: 'aria-dev' },
        message:
          'it is looked how aria-dev does once spoke dev is heard again and has said what runs there',
      },
    ]);
    await world.engine.connect();
    await world.follow();
    // It has come back, and not said yet what runs.
    expect(await looks()).toEqual([true]);
    await world.engine.report({ aria: { version: '1.1.0', revision: 2 } });
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({ status: 'completed' });
    expect(await looks()).toEqual([true, true, true]);
  });

  it('fails once the spoke is lost, and what was brought stays, also when that comes back', async () => {
    await silentFor(16);
    expect(await world.stored(id)).toMatchObject({
      status: 'failed',
      notes:
        'failed: aria-dev: it was brought, and spoke dev was lost before it was known how it does; nothing was taken back: see to the spoke, then to what runs',
    });
    await world.engine.connect();
    await world.engine.report({ aria: { version: '1.1.0', revision: 2 } });
    await world.follow();
    const { entity, hold } = await world.engine.view();
    expect(entity.desired).toEqual({ version: '1.1.0' });
    expect(hold).toBeUndefined();
    expect(await world.engine.plans()).toHaveLength(2);
  });
});

describe('a deployment that did badly at a look', () => {
  beforeEach(async () => {
    const sick = { version: '1.1.0', revision: 2, health: 'Degraded' };
    await world.engine.report({ aria: sick });
    await world.engine.goTo('2026-01-05T09:00:22.500Z');
    await world.follow();
    expect(await looks()).toEqual([true, false]);
  });

  it('is not taken back by a second look at the same report', async () => {
    await silentFor(0.5);
    expect(await looks()).toEqual([true, false]);
  });

  it('is taken back once its spoke has said the same anew', async () => {
    await world.engine.goTo('2026-01-05T09:00:40.000Z');
    await world.follow();
    expect(await looks()).toEqual([true, false, false]);
    expect(await world.engine.lastPlan()).toMatchObject({ type: 'rollback', state: 'EXECUTING' });
  });
});
