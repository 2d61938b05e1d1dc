import { beforeEach, describe, expect, it } from '@jest/globals';
import { DeploymentWorld } from '../testing/deployment-world.js';
import { failed, must, PERSON, SUCCEEDED } from '../testing/engine-world.js';
import { OtherSpoke } from '../testing/other-spoke.js';
import { rollBack } from './roll-back.js';

let world: DeploymentWorld;
let two: OtherSpoke;

/** `aria` 1.0.0 runs on both spokes of `dev`. */
beforeEach(async () => {
  world = await DeploymentWorld.build();
  const { engine } = world;
  two = await OtherSpoke.joinIn(engine, 'two', 'dev');
  await two.report();
  await engine.entity({ version: '1.0.0' });
  await two.want({ version: '1.0.0' });
  await engine.settle();
  for (const plan of await engine.plans()) {
    const seen = { version: '1.0.0', revision: 1 };
    await (plan.spoke === 'two'
      ? two.succeed(plan.id, seen)
      : engine.result(plan.id, SUCCEEDED, seen));
  }
  await engine.settle();
});

async function lookOn(): Promise<void> {
  for (let next = await world.follow(); next !== undefined; next = await world.follow()) {
    await world.engine.goTo(next.toISOString());
    await two.heard();
  }
}

async function desiredOf(entity: string) {
  return (await world.engine.view(entity)).entity.desired;
}

describe('a deployment to several spokes', () => {
  it('shows on the first that it does well before it goes to the others', async () => {
    const { id, targets } = await world.deploy({ version: '1.1.0' });
    expect(targets).toMatchObject([
      { entity: 'aria-dev', wave: 0, state: 'executing' },
      { entity: 'aria-two', wave: 1, state: 'waiting' },
    ]);
    expect(await desiredOf('aria-two')).toEqual({ version: '1.0.0' });
    const first = await world.engine.lastPlan();
    await world.engine.result(first.id, SUCCEEDED, { version: '1.1.0', revision: 2 });
    await lookOn();
    await world.follow();
    expect(await world.stored(id)).toMatchObject({
      status: 'deploying',
      targets: [{ state: 'healthy' }, { state: 'executing' }],
    });
    await two.succeed((await two.lastPlan()).id, { version: '1.1.0', revision: 2 });
    await lookOn();
    expect(await world.stored(id)).toMatchObject({ status: 'completed' });
  });

  it('goes no further where the first fails, and says what was left alone', async () => {
    const { id } = await world.deploy({ version: '1.1.0' });
    const plan = await world.engine.lastPlan();
    await world.engine.result(plan.id, failed('refused'));
    await lookOn();
    expect(await world.stored(id)).toMatchObject({
      status: 'failed',
      targets: [
        { state: 'failed' },
        { state: 'not_started', note: 'it failed elsewhere first, so nothing was deployed there' },
      ],
    });
    expect(await desiredOf('aria-dev')).toEqual({ version: '1.0.0' });
    expect(await desiredOf('aria-two')).toEqual({ version: '1.0.0' });
  });

  it('asked for again after that, says what it comes from where it has not come yet', async () => {
    const first = await world.deploy({ version: '1.1.0' });
    const brought = { version: '1.1.0', revision: 2 };
    await world.engine.result((await world.engine.lastPlan()).id, SUCCEEDED, brought);
    await lookOn();
    await world.follow();
    await two.result(failed('refused'));
    await lookOn();
    expect(await world.stored(first.id)).toMatchObject({
      ...{ status: 'failed', fromVersion: '1.0.0' },
      targets: [{ state: 'healthy' }, { state: 'failed' }],
    });
    world.engine.clock.advance(60_000);
    await two.heard();
    expect(await world.deploy({ version: '1.1.0' })).toMatchObject({
      ...{ fromVersion: '1.0.0', toVersion: '1.1.0' },
    });
  });

  it('passes over a spoke that is lost, and names it', async () => {
    await world.engine.goTo('2026-01-05T09:20:00.000Z');
    const { id } = await world.deploy({ version: '1.1.0' });
    const plan = await world.engine.lastPlan();
    await world.engine.result(plan.id, SUCCEEDED, { version: '1.1.0', revision: 2 });
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({
      status: 'completed',
      notes: 'completed: aria-two: its spoke is lost, so nothing was deployed there',
      targets: [{ state: 'healthy' }, { state: 'skipped' }],
    });
    expect(await desiredOf('aria-two')).toEqual({ version: '1.0.0' });
  });
});

describe('a deployment whose first wave does well and whose next one is held', () => {
  let first: string;
  beforeEach(async () => {
    await world.engine.constraint({
      ...{ name: 'freeze', kind: 'suppression_window', scope: { entities: ['aria-two'] } },
      spec: { start: '2026-01-05T00:00:00Z', end: '2026-01-09T00:00:00Z', reason: 'Fair' },
    });
    const before = await world.deploy({ version: '1.0.0' });
    await lookOn();
    expect(await world.stored(before.id)).toMatchObject({ status: 'completed' });
    first = (await world.deploy({ version: '1.1.0' })).id;
    const { id } = await world.engine.lastPlan();
    await world.engine.result(id, SUCCEEDED, { version: '1.1.0', revision: 2 });
    await lookOn();
    expect(await world.stored(first)).toMatchObject({
      targets: [{ state: 'healthy' }, { state: 'started' }],
    });
  });

  it('gives way to a newer one, says what stays, and is to go no further', async () => {
    const { id, queued } = await world.deploy({ kind: 'rollback', version: '1.0.0' });
    expect(queued).toBe(false);
    expect(await world.stored(first)).toMatchObject({
      ...{ status: 'failed', supersededBy: id },
      notes: `deployment ${id} took its place while it waited; 1.1.0 stays at aria-dev until that changes it`,
    });
    expect(await desiredOf('aria-two')).toEqual({ version: '1.0.0' });
    expect(await desiredOf('aria-dev')).toEqual({ version: '1.0.0' });
    expect(await world.engine.lastPlan()).toMatchObject({
      ...{ entity: 'aria-dev', type: 'rollback', state: 'EXECUTING' },
    });
  });

  it('is taken back by a rollback that names no version, to what completed before it', async () => {
    const { context } = world.engine;
    const place = { service: 'aria', environment: 'dev' };
    const made = must(await rollBack(context, PERSON, place, world.tools));
    expect(made).toMatchObject({ queued: false, toVersion: '1.0.0' });
    expect(await world.stored(first)).toMatchObject({ supersededBy: made.id });
  });
});
