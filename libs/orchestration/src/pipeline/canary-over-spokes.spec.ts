import { beforeEach, describe, expect, it } from '@jest/globals';
import { DeploymentWorld } from '../testing/deployment-world.js';
import { failed, SUCCEEDED } from '../testing/engine-world.js';
import { OtherSpoke } from '../testing/other-spoke.js';

let world: DeploymentWorld;

/** `aria` 1.0.0 runs on the one spoke of `dev`. */
beforeEach(async () => {
  world = await DeploymentWorld.build();
  await world.engine.entity({ version: '1.0.0' });
  await world.engine.settle();
  const { id } = await world.engine.lastPlan();
  await world.engine.result(id, SUCCEEDED, { version: '1.0.0', revision: 1 });
  await world.engine.settle();
});

/** Another spoke of `dev` on which `aria` 1.0.0 runs. */
async function running(name: string): Promise<OtherSpoke> {
  const spoke = await OtherSpoke.joinIn(world.engine, name, 'dev');
  await spoke.report();
  await spoke.want({ version: '1.0.0' });
  await world.engine.settle();
  await spoke.succeed((await spoke.lastPlan()).id, { version: '1.0.0', revision: 1 });
  await world.engine.settle();
  return spoke;
}

async function lookOn(spokes: readonly OtherSpoke[]): Promise<void> {
  for (let next = await world.follow(); next !== undefined; next = await world.follow()) {
    await world.engine.goTo(next.toISOString());
    for (const spoke of spokes) await spoke.heard();
  }
  // What it began at last has gone out since.
  await world.follow();
}

async function statesOf(id: string): Promise<readonly string[]> {
  const { targets } = await world.stored(id);
  return targets.map(({ entity, wave, state }) => `${entity} (${String(wave)}) ${state}`);
}

const CANARY = { version: '1.1.0', strategy: 'canary' } as const;

describe('a canary of a chart that declares nothing', () => {
  it('goes to one spoke, then to two, then to the rest, each wave once the one before did well', async () => {
    const two = await running('two');
    const three = await running('three');
    const four = await running('four');
    const all = [two, three, four];
    const { id, strategy } = await world.deploy(CANARY);
    expect(strategy).toBe('canary');
    expect(await statesOf(id)).toEqual([
      'aria-dev (0) executing',
      'aria-four (1) waiting',
      'aria-three (1) waiting',
      'aria-two (2) waiting',
    ]);
    const first = await world.engine.lastPlan();
    const brought = { version: '1.1.0', revision: 2 };
    await world.engine.result(first.id, SUCCEEDED, brought);
    await lookOn(all);
    expect(await statesOf(id)).toEqual([
      'aria-dev (0) healthy',
      'aria-four (1) executing',
      'aria-three (1) executing',
      'aria-two (2) waiting',
    ]);
    await four.succeed((await four.lastPlan()).id, brought);
    await lookOn(all);
    expect((await statesOf(id))[3]).toBe('aria-two (2) waiting');
    await three.succeed((await three.lastPlan()).id, brought);
    await lookOn(all);
    expect((await statesOf(id))[3]).toBe('aria-two (2) executing');
    await two.succeed((await two.lastPlan()).id, brought);
    await lookOn(all);
    expect(await world.stored(id)).toMatchObject({ status: 'completed' });
  });

  it('goes no further where the first spoke fails', async () => {
    const two = await running('two');
    const { id } = await world.deploy(CANARY);
    await world.engine.result((await world.engine.lastPlan()).id, failed('refused'));
    await lookOn([two]);
    expect(await world.stored(id)).toMatchObject({ status: 'failed' });
    expect(await statesOf(id)).toEqual(['aria-dev (0) failed', 'aria-two (1) not_started']);
  });

  it('goes no further where the first spoke does not stay healthy', async () => {
    const two = await running('two');
    const { id } = await world.deploy(CANARY);
    const plan = await world.engine.lastPlan();
    const sick = { version: '1.1.0', revision: 2, health: 'Degraded' };
    await world.engine.result(plan.id, SUCCEEDED, sick);
    await lookOn([two]);
    expect(await statesOf(id)).toEqual(['aria-dev (0) rolling_back', 'aria-two (1) not_started']);
  });

  it.each([
    { name: 'there is one spoke', lost: false },
    { name: 'all spokes but one are lost', lost: true },
  ])('is refused where $name, with what would do', async ({ lost }) => {
    if (lost) {
      await running('two');
      await world.engine.goTo('2026-01-05T09:20:00.000Z');
    }
    expect(await world.request(CANARY)).toMatchObject({
      ok: false,
      error: {
        code: 'deployment/strategy_not_declared',
        field: 'strategy',
        detail:
          'strategy canary needs a chart that declares it (annotation apollo/strategies in Chart.yaml), and the chart of aria 1.1.0 does not; without that a canary goes from spoke to spoke, and only 1 of environment dev can be reached: join another one there (POST /api/v1/join-tokens), or use rolling',
      },
    });
  });
});

describe('blue-green of a chart that declares nothing', () => {
  it('is refused on however many spokes', async () => {
    await running('two');
    expect(await world.request({ version: '1.1.0', strategy: 'blue_green' })).toMatchObject({
      ok: false,
      error: {
        detail:
          'strategy blue_green needs a chart that declares it (annotation apollo/strategies in Chart.yaml), and the chart of aria 1.1.0 does not; use rolling',
      },
    });
  });
});
