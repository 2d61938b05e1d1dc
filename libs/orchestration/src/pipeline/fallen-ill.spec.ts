import { beforeEach, describe, expect, it } from '@jest/globals';
import { putEntity } from '../catalog/put-entity.js';
import { DeploymentWorld } from '../testing/deployment-world.js';
import { must, PERSON, type SeenRelease, SUCCEEDED } from '../testing/engine-world.js';
import { OtherSpoke } from '../testing/other-spoke.js';

const NEW: SeenRelease = { version: '1.1.0', revision: 2 };
const SICK: SeenRelease = { ...NEW, health: 'Degraded' };

let world: DeploymentWorld;
let two: OtherSpoke;
let id: string;

/** `aria` 1.0.0 runs on both spokes of `dev`; 1.1.0 was brought to the first, and found healthy there. */
async function firstWaveDone(freeze: boolean): Promise<void> {
  world = await DeploymentWorld.build();
  const { engine } = world;
  two = await OtherSpoke.joinIn(engine, 'two', 'dev');
  await two.report();
  await engine.entity({ version: '1.0.0' });
  await two.want({ version: '1.0.0' });
  await engine.settle();
  const seen = { version: '1.0.0', revision: 1 };
  for (const plan of await engine.plans()) {
    await (plan.spoke === 'two'
      ? two.succeed(plan.id, seen)
      : engine.result(plan.id, SUCCEEDED, seen));
  }
  await engine.settle();
  if (freeze) {
    await engine.constraint({
      ...{ name: 'freeze', kind: 'suppression_window', scope: { entities: ['aria-two'] } },
      spec: { start: '2026-01-05T00:00:00Z', end: '2026-01-05T10:00:00Z', reason: 'Fair' },
    });
  }
  engine.clock.advance(1000);
  await two.heard();
  ({ id } = await world.deploy({ version: '1.1.0' }));
  await engine.result((await engine.lastPlan()).id, SUCCEEDED, NEW);
  await lookOn();
}

async function lookOn(): Promise<void> {
  for (let next = await world.follow(); next !== undefined; next = await world.follow()) {
    await world.engine.goTo(next.toISOString());
    await two.heard();
  }
}

/** So many milliseconds later, with both spokes heard. */
async function passes(ms: number): Promise<void> {
  await world.engine.goTo(new Date(world.engine.clock.now().getTime() + ms).toISOString());
  await two.heard();
  await world.follow();
}

/** The first spoke reports this, and nothing of anything else. */
const sees = (release: SeenRelease) => world.engine.report({ aria: release, 'aria-dev': release });
const desiredOf = async (entity: string) => (await world.engine.view(entity)).entity.desired;
const now = () => world.engine.clock.now().toISOString();

describe('a deployment whose first wave was found healthy, and whose second is frozen', () => {
  beforeEach(async () => {
    await firstWaveDone(true);
    await passes(60_000);
    expect(await world.stored(id)).toMatchObject({
      targets: [{ state: 'healthy' }, { state: 'started' }],
    });
  });

  it('is stopped by two bad looks at the first, and takes that back', async () => {
    await sees(SICK);
    await world.follow();
    const since = now();
    expect((await world.shown(id)).waitsFor).toMatchObject([
      {
        ...{ code: 'health', entity: 'aria-dev' },
        message: `aria-dev was found healthy and has been ill since ${since}: it is looked again how it does`,
      },
      { code: 'wave', entity: 'aria-two' },
      { code: 'suppression_window', entity: 'aria-two' },
    ]);
    await passes(10_000);
    const note = `it was found healthy, and has been ill since ${since}: 1.1.0 is deployed and Degraded`;
    expect(await world.stored(id)).toMatchObject({
      targets: [
        { state: 'rolling_back', note },
        { state: 'not_started', note: 'it failed elsewhere first, so nothing was deployed there' },
      ],
    });
    expect(await desiredOf('aria-two')).toEqual({ version: '1.0.0' });
    const back = await world.engine.lastPlan();
    expect(back).toMatchObject({ entity: 'aria-dev', type: 'rollback', state: 'EXECUTING' });
    await world.engine.result(back.id, SUCCEEDED, { version: '1.0.0', revision: 3 });
    await passes(3_600_000);
    expect(await world.stored(id)).toMatchObject({
      ...{ status: 'rolled_back', rollbackVersion: '1.0.0' },
      notes: `rolled back: aria-dev: ${note}; aria-two: it failed elsewhere first, so nothing was deployed there`,
    });
    expect(await two.lastPlan()).toMatchObject({ to: { version: '1.1.0' }, state: 'CANCELLED' });
  });

  it('lets nothing of the second out while it is being looked at, though its freeze ends', async () => {
    await passes(Date.parse('2026-01-05T09:59:55.000Z') - Date.parse(now()));
    await sees(SICK);
    await world.follow();
    await world.engine.goTo('2026-01-05T10:00:00.000Z');
    await two.heard();
    await world.engine.engine.markDue();
    await world.follow();
    const message = `aria-dev, which is of an earlier wave of deployment ${id}, has fallen ill, and it is looked at again before any later wave goes`;
    expect(await two.lastPlan()).toMatchObject({
      ...{ state: 'BLOCKED', to: { version: '1.1.0' } },
      violations: [{ code: 'wave', message, data: { deployment: id, entity: 'aria-dev' } }],
    });
    expect((await world.shown(id)).waitsFor).toMatchObject([
      { code: 'health', entity: 'aria-dev' },
      { code: 'wave', entity: 'aria-two', message },
    ]);
    await sees(NEW);
    await lookOn();
    expect(await two.lastPlan()).toMatchObject({ state: 'EXECUTING' });
  });

  it('goes on where it was ill for a moment only', async () => {
    await sees(SICK);
    await world.follow();
    await sees(NEW);
    await lookOn();
    const { targets } = await world.stored(id);
    expect(targets).toMatchObject([{ state: 'healthy' }, { state: 'started' }]);
    expect(targets[0]?.looks.map(({ healthy }) => healthy)).toEqual([false, true, true]);
  });

  it('takes nothing back while what runs there starts anew', async () => {
    await sees({ ...NEW, health: 'Progressing' });
    await passes(60_000);
    expect(await world.stored(id)).toMatchObject({ targets: [{ state: 'healthy' }, {}] });
  });

  it('goes on where the engine mends what was changed at the first', async () => {
    await sees({ version: '1.0.0', revision: 3 });
    await passes(60_000);
    const mends = await world.engine.lastPlan();
    expect(mends).toMatchObject({ entity: 'aria-dev', state: 'EXECUTING' });
    await world.engine.result(mends.id, SUCCEEDED, { ...NEW, revision: 4 });
    await lookOn();
    expect(await world.stored(id)).toMatchObject({
      targets: [{ state: 'healthy' }, { state: 'started' }],
    });
  });

  it('is stopped where the first runs a version that nobody asked for, and that is not mended', async () => {
    await world.engine.constraint({
      ...{ name: 'freeze-all', kind: 'suppression_window', scope: { entities: ['aria-dev'] } },
      spec: { start: '2026-01-05T00:00:00Z', end: '2026-01-05T10:00:00Z', reason: 'Fair' },
    });
    await sees({ version: '1.0.0', revision: 3 });
    await world.follow();
    await passes(10_000);
    expect(await world.stored(id)).toMatchObject({
      targets: [
        { state: 'rolling_back', looks: [{ detail: '1.0.0 runs there' }, {}] },
        { state: 'not_started' },
      ],
    });
  });

  it('leaves alone what runs there with values that somebody has set since', async () => {
    const { entity } = await world.engine.view();
    const values = { replicas: 9 };
    must(await putEntity(world.engine.context, PERSON, { ...entity, values }));
    await world.follow();
    const revised = { version: '1.1.0', revision: 3, values };
    await world.engine.result((await world.engine.lastPlan()).id, SUCCEEDED, revised);
    await sees({ ...revised, health: 'Degraded' });
    await passes(60_000);
    expect(await world.stored(id)).toMatchObject({
      targets: [{ state: 'healthy' }, { state: 'started' }],
    });
  });

  it('looks again where only labels were set since', async () => {
    const { entity } = await world.engine.view();
    must(await putEntity(world.engine.context, PERSON, { ...entity, labels: { team: 'blue' } }));
    await sees(SICK);
    await world.follow();
    expect(await world.stored(id)).toMatchObject({ targets: [{ state: 'deployed' }, {}] });
  });
});

describe('a deployment whose last wave has just been found healthy', () => {
  beforeEach(async () => {
    await firstWaveDone(false);
    await two.succeed((await two.lastPlan()).id, NEW);
    await passes(7_500);
    await passes(7_500);
    expect(await world.stored(id)).toMatchObject({
      status: 'health_check',
      targets: [{ state: 'healthy' }, { state: 'deployed', looks: [{}, {}] }],
    });
    await sees(SICK);
  });

  it('is not completed over one of an earlier wave that is ill', async () => {
    await passes(7_500);
    expect(await world.stored(id)).toMatchObject({
      status: 'health_check',
      targets: [{ state: 'deployed', looks: [{ healthy: false }] }, { state: 'healthy' }],
    });
    await passes(10_000);
    expect(await world.stored(id)).toMatchObject({
      targets: [{ state: 'rolling_back' }, { state: 'healthy' }],
    });
    const back = await world.engine.lastPlan();
    await world.engine.result(back.id, SUCCEEDED, { version: '1.0.0', revision: 3 });
    await world.follow();
    expect(await world.stored(id)).toMatchObject({ status: 'rolled_back' });
    expect(await desiredOf('aria-two')).toEqual({ version: '1.1.0' });
  });

  it('is completed once that does well again', async () => {
    await passes(7_500);
    await sees(NEW);
    await lookOn();
    expect(await world.stored(id)).toMatchObject({ status: 'completed' });
  });
});
