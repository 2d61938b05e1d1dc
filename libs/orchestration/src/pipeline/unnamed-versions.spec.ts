import { beforeEach, describe, expect, it } from '@jest/globals';
import { putEntity } from '../catalog/put-entity.js';
import { DeploymentWorld } from '../testing/deployment-world.js';
import { failed, must, PERSON } from '../testing/engine-world.js';

let world: DeploymentWorld;
/** 1.0.0 is in channel `dev`, 1.1.0 is not yet. */
beforeEach(async () => {
  world = await DeploymentWorld.build();
});

const desired = async () => (await world.engine.view()).entity.desired;

/** What a deployment that names no version brings does well. */
async function brought(version: string, revision: number): Promise<string> {
  const { id } = await world.deployNewest();
  await world.succeed(version, revision);
  await world.lookOn();
  expect(await world.stored(id)).toMatchObject({ status: 'completed', toVersion: version });
  return id;
}

describe('a deployment to dev that names no version', () => {
  it('fixes the version while it is under way, and returns to the channel as it completes', async () => {
    const { id } = await world.deployNewest();
    expect(await desired()).toEqual({ version: '1.0.0' });
    await world.succeed('1.0.0', 1);
    expect(await desired()).toEqual({ version: '1.0.0' });
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({ status: 'completed', wish: { channel: 'dev' } });
    expect(await desired()).toEqual({ channel: 'dev' });
    expect(await world.engine.plans()).toHaveLength(1);
  });

  it('brings that also where a newer one comes into the channel meanwhile, which comes afterwards', async () => {
    const { id } = await world.deployNewest();
    await world.succeed('1.0.0', 1);
    await world.engine.release('1.1.0');
    await world.follow();
    expect(await world.engine.plans()).toHaveLength(1);
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({ status: 'completed', toVersion: '1.0.0' });
    expect(await world.engine.lastPlan()).toMatchObject({
      ...{ type: 'upgrade', state: 'EXECUTING', to: { version: '1.1.0' } },
    });
  });

  it('takes back what it brought, not what has come into the channel meanwhile', async () => {
    await brought('1.0.0', 1);
    await world.engine.release('1.1.0');
    await world.engine.register('aria', '1.2.0');
    const { id, toVersion } = must(await world.requestNewest());
    expect(toVersion).toBe('1.1.0');
    await world.follow();
    await world.succeed('1.1.0', 2, 'Degraded');
    await world.engine.release('1.2.0');
    await world.lookOn();
    const back = await world.engine.lastPlan();
    expect(back).toMatchObject({ type: 'rollback', to: { version: '1.0.0' } });
    await world.succeed('1.0.0', 3);
    expect(await world.stored(id)).toMatchObject({
      ...{ status: 'rolled_back', rollbackVersion: '1.0.0' },
    });
    expect(await desired()).toEqual({ channel: 'dev' });
    expect(await world.engine.lastPlan()).toMatchObject({
      type: 'upgrade',
      to: { version: '1.2.0' },
    });
  });

  it('puts back a pin that was there before where it fails', async () => {
    await world.deploy({ version: '1.0.0' });
    await world.succeed('1.0.0', 1);
    await world.lookOn();
    await world.engine.release('1.1.0');
    const { id } = await world.deployNewest();
    await world.engine.result((await world.engine.lastPlan()).id, failed('refused'));
    await world.follow();
    expect(await world.stored(id)).toMatchObject({ status: 'failed' });
    expect(await desired()).toEqual({ version: '1.0.0' });
  });

  it('of what runs there already changes nothing, and ends a pin', async () => {
    await world.deploy({ version: '1.0.0' });
    await world.succeed('1.0.0', 1);
    await world.lookOn();
    const again = await world.deployNewest();
    expect(again).toMatchObject({
      ...{ status: 'completed', fromVersion: '1.0.0', toVersion: '1.0.0' },
      notes:
        'completed: aria-dev: it ran already, so nothing was changed; the deployment that brought it found it well, and its spoke does now',
    });
    expect(await desired()).toEqual({ channel: 'dev' });
    expect(await world.deployNewest()).toMatchObject({ status: 'completed' });
    expect(await desired()).toEqual({ channel: 'dev' });
    expect(await world.engine.plans()).toHaveLength(1);
  });

  it('brings the version that the engine would: the newest that nothing there speaks against', async () => {
    const { engine } = world;
    await engine.register('aria', '1.2.0', [{ product: 'db', range: '^2', optional: false }]);
    await engine.release('1.1.0');
    await engine.release('1.2.0');
    await engine.entity({ channel: 'dev' });
    const { target } = await engine.view();
    expect(target.version).toBe('1.1.0');
    expect(must(await world.requestNewest()).toVersion).toBe('1.1.0');
  });

  it('brings the newest, which then waits, where something speaks against all of them', async () => {
    const { engine } = world;
    await engine.register('aria', '1.2.0', [{ product: 'db', range: '^2', optional: false }]);
    await engine.recall('<1.2.0');
    await engine.release('1.2.0');
    const { id, toVersion } = must(await world.requestNewest());
    expect(toVersion).toBe('1.2.0');
    await world.follow();
    expect((await world.shown(id)).waitsFor).toMatchObject([{ code: 'dependency_missing' }]);
  });

  it('gives way to a person who says otherwise, and returns to no channel then', async () => {
    const { id } = await world.deployNewest();
    const { entity } = await world.engine.view();
    must(await putEntity(world.engine.context, PERSON, { ...entity, desired: { range: '^1' } }));
    await world.succeed('1.0.0', 1);
    expect(await world.stored(id)).toMatchObject({ status: 'failed' });
    expect(await desired()).toEqual({ range: '^1' });
  });
});

describe('a deployment that names no version where something newer runs', () => {
  beforeEach(async () => {
    await world.deploy({ version: '1.1.0' });
  });

  const REFUSED = {
    ok: false,
    error: {
      code: 'deployment/below_running',
      field: 'version',
      data: { running: '1.1.0', version: '1.0.0' },
    },
  };

  it('is refused, as a channel alone never goes down', async () => {
    await world.succeed('1.1.0', 1);
    await world.lookOn();
    const refused = await world.requestNewest();
    expect(refused).toMatchObject(REFUSED);
    expect(refused).toMatchObject({
      error: {
        detail:
          '1.1.0 of aria runs in dev, and the newest in channel dev that may run is 1.0.0; a channel alone never goes down: name the version that is to run, or put a newer one into the channel first (POST /api/v1/channels/dev/releases)',
      },
    });
    expect(await desired()).toEqual({ version: '1.1.0' });
  });

  it('is refused as well while that is on its way', async () => {
    expect(await world.requestNewest()).toMatchObject(REFUSED);
  });

  it('goes down where the version that runs was recalled for that', async () => {
    await world.succeed('1.1.0', 1);
    await world.lookOn();
    await world.engine.recall('1.1.0', { strategy: 'downgrade' });
    expect(must(await world.requestNewest())).toMatchObject({ toVersion: '1.0.0' });
  });
});
