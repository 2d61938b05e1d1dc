import { beforeEach, describe, expect, it } from '@jest/globals';
import { DeploymentWorld } from '../testing/deployment-world.js';
import { must, PERSON } from '../testing/engine-world.js';
import { OtherSpoke } from '../testing/other-spoke.js';
import { rollBack } from './roll-back.js';

let world: DeploymentWorld;
let revision: number;

function askBack() {
  const { context } = world.engine;
  return rollBack(context, PERSON, { service: 'aria', environment: 'dev' }, world.tools);
}

/** The newest plan succeeds on `dev`, and does well. */
async function succeeds(version: string): Promise<void> {
  revision += 1;
  await world.succeed(version, revision);
  await world.lookOn();
}

async function completed(version: string): Promise<void> {
  const { id } = await world.deploy({ version });
  await succeeds(version);
  expect(await world.stored(id)).toMatchObject({ status: 'completed' });
}

/** It goes back on `dev`: to what, and how that ends. */
async function goneBack(): Promise<readonly string[]> {
  const { id, toVersion } = must(await askBack());
  await world.follow();
  await succeeds(toVersion);
  return [toVersion, (await world.stored(id)).status];
}

const noPrevious = (running: readonly string[]) => ({
  ok: false,
  error: {
    code: 'rollback/no_previous',
    detail: 'No previous deployment found for aria',
    data: { service: 'aria', environment: 'dev', running },
  },
});

beforeEach(async () => {
  world = await DeploymentWorld.build();
  await world.engine.register('aria', '1.2.0');
  revision = 1;
});

describe('a rollback where one of two spokes is lost', () => {
  /** It ran this when it was heard last. */
  async function lostWith(version: string): Promise<void> {
    const two = await OtherSpoke.joinIn(world.engine, 'two', 'dev');
    await two.report({ version, revision: 1 });
    await two.want({ version });
    world.engine.clock.advance(20 * 60_000);
    await world.engine.goTo(world.engine.clock.now().toISOString());
  }

  it('goes to what completed before what the other one runs, not to that itself', async () => {
    await completed('1.0.0');
    await lostWith('1.0.0');
    await completed('1.1.0');
    expect(await goneBack()).toEqual(['1.0.0', 'completed']);
  });

  it('goes further back each time, whatever the lost one ran', async () => {
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) await completed(version);
    await lostWith('1.2.0');
    expect(await goneBack()).toEqual(['1.1.0', 'completed']);
    expect(await goneBack()).toEqual(['1.0.0', 'completed']);
    expect(await askBack()).toEqual(noPrevious(['1.0.0']));
  });

  it('goes by what was said last where nobody is heard any more', async () => {
    await completed('1.0.0');
    await completed('1.1.0');
    world.engine.clock.advance(20 * 60_000);
    expect(must(await askBack()).toVersion).toBe('1.0.0');
  });
});

describe('a rollback where a person has pinned what runs', () => {
  it.each([
    { name: 'that ran before by its channel', completedBefore: [] },
    { name: 'that completed before', completedBefore: ['1.1.0'] },
  ])('never goes forth to what they left for a version $name', async ({ completedBefore }) => {
    await world.engine.entity({ version: '1.1.0' });
    await world.engine.settle();
    await succeeds('1.1.0');
    for (const version of completedBefore) {
      const { id } = await world.deploy({ version });
      await world.lookOn();
      expect(await world.stored(id)).toMatchObject({ status: 'completed' });
    }
    await completed('1.2.0');
    await world.engine.entity({ version: '1.1.0' });
    await world.engine.settle();
    await succeeds('1.1.0');
    expect(await askBack()).toEqual(noPrevious(['1.1.0']));
  });
});
