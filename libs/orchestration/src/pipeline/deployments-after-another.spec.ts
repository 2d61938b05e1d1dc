import { beforeEach, describe, expect, it } from '@jest/globals';
import { putEntity } from '../catalog/put-entity.js';
import { DeploymentWorld } from '../testing/deployment-world.js';
import { failed, must, PERSON, SUCCEEDED } from '../testing/engine-world.js';

let world: DeploymentWorld;
let first: string;
/** 1.0.0 runs, and a deployment of 1.1.0 is out. */
beforeEach(async () => {
  world = await DeploymentWorld.build();
  await world.deploy({ version: '1.0.0' });
  await world.succeed('1.0.0', 1);
  await world.lookOn();
  first = (await world.deploy({ version: '1.1.0' })).id;
});

describe('a deployment that is asked for when nothing is left to do for the one before', () => {
  it('begins at once where that has failed and nobody has looked at it since', async () => {
    await world.engine.result((await world.engine.lastPlan()).id, failed('refused'));
    const made = must(await world.request({ version: '1.0.0' }));
    expect(await world.stored(first)).toMatchObject({ status: 'failed' });
    expect(made).toMatchObject({ queued: false, status: 'completed' });
  });

  it('is not refused for that either', async () => {
    await world.engine.result((await world.engine.lastPlan()).id, failed('refused'));
    const made = must(await world.request({ version: '1.0.0', onConflict: 'refuse' }));
    expect(made).toMatchObject({ queued: false });
  });

  it('begins at once where that has just gone back, and what it took back is said', async () => {
    const bad = { version: '1.1.0', revision: 2, status: 'failed', health: 'Degraded' };
    await world.engine.result((await world.engine.lastPlan()).id, failed('unhealthy'), bad);
    await world.follow();
    const back = await world.engine.lastPlan();
    await world.engine.result(back.id, SUCCEEDED, { version: '1.0.0', revision: 3 });
    await world.engine.register('aria', '1.2.0');
    const made = must(await world.request({ version: '1.2.0' }));
    expect(await world.stored(first)).toMatchObject({
      ...{ status: 'rolled_back', rollbackVersion: '1.0.0' },
    });
    expect(made).toMatchObject({ queued: false, fromVersion: '1.0.0' });
    expect(made.targets).toMatchObject([{ state: 'started', before: { version: '1.0.0' } }]);
  });

  it('waits behind one of which something is left to do', async () => {
    await world.engine.result((await world.engine.lastPlan()).id, SUCCEEDED, {
      ...{ version: '1.1.0', revision: 2 },
    });
    const made = must(await world.request({ version: '1.0.0' }));
    expect(made).toMatchObject({ queued: true });
    expect(await world.stored(first)).toMatchObject({ status: 'deploying' });
  });
});

describe('between the failure of its plan and the end of a deployment', () => {
  let plan: string;
  beforeEach(async () => {
    plan = (await world.engine.lastPlan()).id;
    await world.engine.result(plan, failed('refused'));
    await world.engine.settle();
  });

  it('nothing is proposed that would only be withdrawn', async () => {
    expect(await world.engine.view()).toMatchObject({
      status: 'executing',
      why: `plan ${plan} has failed; evaluated when deployment ${first} has ended with that`,
    });
    expect((await world.engine.lastPlan()).id).toBe(plan);
    await world.follow();
    expect(await world.stored(first)).toMatchObject({ status: 'failed' });
    expect(await world.engine.view()).toMatchObject({
      ...{ status: 'up_to_date', why: '1.0.0 runs as desired' },
    });
    expect((await world.engine.lastPlan()).id).toBe(plan);
  });

  it('a person may ask for another try all the same', async () => {
    await world.engine.context.store.transact((unit) => unit.dirty.mark(['aria-dev'], true));
    await world.engine.settle();
    const again = await world.engine.lastPlan();
    expect(again).toMatchObject({ state: 'EXECUTING', to: { version: '1.1.0' } });
    expect(again.id).not.toBe(plan);
  });

  it('what a person says instead is proposed at once', async () => {
    const { entity } = await world.engine.view();
    must(await putEntity(world.engine.context, PERSON, { ...entity, values: { replicas: 2 } }));
    await world.engine.settle();
    expect(await world.engine.lastPlan()).toMatchObject({ values: { replicas: 2 } });
  });
});
