import { beforeEach, describe, expect, it } from '@jest/globals';
import { DeploymentWorld } from '../testing/deployment-world.js';
import { failed, must, PERSON, SUCCEEDED } from '../testing/engine-world.js';
import { OtherSpoke } from '../testing/other-spoke.js';
import { rollBack } from './roll-back.js';

let world: DeploymentWorld;
let two: OtherSpoke;
let revision: number;

async function lookOn(): Promise<void> {
  for (let next = await world.follow(); next !== undefined; next = await world.follow()) {
    await world.engine.goTo(next.toISOString());
    await two.heard();
  }
  await world.follow();
}

/** The plan that executes on `dev` succeeds, and does well. */
async function onDev(version: string): Promise<void> {
  const { id, spoke, state } = await world.engine.lastPlan();
  expect([spoke, state]).toEqual(['dev', 'EXECUTING']);
  revision += 1;
  await world.engine.result(id, SUCCEEDED, { version, revision });
  await lookOn();
}

async function onTwo(version: string): Promise<void> {
  const { id, state } = await two.lastPlan();
  expect(state).toBe('EXECUTING');
  revision += 1;
  await two.succeed(id, { version, revision });
  await lookOn();
}

async function completed(version: string): Promise<void> {
  const { id } = await world.deploy({ version });
  await onDev(version);
  await onTwo(version);
  expect(await world.stored(id)).toMatchObject({ status: 'completed' });
}

async function askBack(targetVersion?: string) {
  const asked = { service: 'aria', environment: 'dev' };
  const named = targetVersion === undefined ? asked : { ...asked, targetVersion };
  world.engine.clock.advance(1_000);
  const made = must(await rollBack(world.engine.context, PERSON, named, world.tools));
  await world.follow();
  return made;
}

const desiredOf = async (entity: string) => (await world.engine.view(entity)).entity.desired;

/** 1.0.0, 1.1.0 and 1.2.0 completed one after another on both spokes of `dev`. */
beforeEach(async () => {
  world = await DeploymentWorld.build();
  revision = 0;
  two = await OtherSpoke.joinIn(world.engine, 'two', 'dev');
  await two.report();
  await world.engine.entity({ absent: true });
  await two.want({ absent: true });
  await world.engine.settle();
  await world.engine.register('aria', '1.2.0');
  for (const version of ['1.0.0', '1.1.0', '1.2.0']) await completed(version);
});

describe('a rollback that went through on one of two spokes', () => {
  beforeEach(async () => {
    const { id, toVersion } = await askBack();
    expect(toVersion).toBe('1.1.0');
    await onDev('1.1.0');
    await two.result(failed('broken'));
    await lookOn();
    expect(await world.stored(id)).toMatchObject({
      status: 'failed',
      targets: [{ state: 'healthy', fromVersion: '1.2.0' }, { state: 'failed' }],
    });
  });

  it('is asked for once more: no version too far where it went through, and never forth', async () => {
    const { id, toVersion, fromVersion } = await askBack();
    expect([fromVersion, toVersion]).toEqual(['1.2.0', '1.1.0']);
    await lookOn();
    await onTwo('1.1.0');
    expect(await world.stored(id)).toMatchObject({
      status: 'completed',
      targets: [
        {
          ...{ entity: 'aria-dev', state: 'healthy', fromVersion: '1.1.0' },
          note: 'it ran already, so nothing was changed; the deployment that brought it found it well, and its spoke does now',
        },
        { entity: 'aria-two', state: 'healthy', fromVersion: '1.2.0' },
      ],
    });
    expect(await desiredOf('aria-two')).toEqual({ version: '1.1.0' });
    expect(await askBack()).toMatchObject({ toVersion: '1.0.0' });
  });
});

describe('a rollback where one of two spokes runs what was there before', () => {
  /** Somebody has put 1.0.0 on `dev` by hand. */
  beforeEach(async () => {
    await world.engine.entity({ version: '1.0.0' });
    await world.engine.settle();
    await onDev('1.0.0');
  });

  const LEFT = {
    ...{ entity: 'aria-dev', state: 'skipped', fromVersion: '1.0.0' },
    note: 'it runs 1.0.0, which was there before 1.1.0, so it was left as it is',
  };

  it('leaves that as it is, and names it', async () => {
    const { id } = await askBack();
    await onTwo('1.1.0');
    expect(await world.stored(id)).toMatchObject({
      ...{ status: 'completed', fromVersion: '1.2.0', toVersion: '1.1.0' },
      targets: [LEFT, { entity: 'aria-two', state: 'healthy', fromVersion: '1.2.0' }],
      notes: `completed: aria-dev: ${LEFT.note}`,
    });
    expect(await desiredOf('aria-dev')).toEqual({ version: '1.0.0' });
  });

  it('leaves it also where the version is named', async () => {
    const { id } = await askBack('1.1.0');
    await onTwo('1.1.0');
    expect(await world.stored(id)).toMatchObject({
      status: 'completed',
      targets: [LEFT, { state: 'healthy' }],
    });
  });

  it('takes both back where the version that is named was there before', async () => {
    await world.engine.register('aria', '0.9.0');
    const { id } = await askBack('0.9.0');
    await onDev('0.9.0');
    await onTwo('0.9.0');
    expect(await world.stored(id)).toMatchObject({
      status: 'completed',
      targets: [{ fromVersion: '1.0.0' }, { fromVersion: '1.2.0' }],
    });
  });
});
