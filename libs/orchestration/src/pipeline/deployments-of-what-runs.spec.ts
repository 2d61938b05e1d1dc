import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Deployment } from '@apollo-deploy/domain';
import { putEntity } from '../catalog/put-entity.js';
import { DeploymentWorld } from '../testing/deployment-world.js';
import { must, PERSON, SUCCEEDED } from '../testing/engine-world.js';
import { OtherSpoke } from '../testing/other-spoke.js';
import type { HealthProvider } from './health-provider.js';

const RAN_ALREADY = 'it ran already, so nothing was changed';
const PROVEN = `${RAN_ALREADY}; the deployment that brought it found it well, and its spoke does now`;
const LOOKED = `${RAN_ALREADY}; it was looked at 3 times, and does well`;
const stepsOf = ({ steps }: Deployment) => steps.map(({ status }) => status);

/** Somebody who watches services, and finds them well or not. */
class Watcher implements HealthProvider {
  readonly name = 'the watcher';
  healthy = true;
  async look() {
    const detail = this.healthy ? 'well' : 'errors everywhere';
    return { healthy: this.healthy, detail };
  }
}

let watcher: Watcher;
let world: DeploymentWorld;
beforeEach(async () => {
  watcher = new Watcher();
  world = await DeploymentWorld.build({}, undefined, { health: watcher });
});

const desired = async () => (await world.engine.view()).entity.desired;

/** Asks for what runs, and has it looked at as long as it takes. */
async function again(version = '1.0.0') {
  const { id } = await world.deploy({ version });
  await world.lookOn();
  return world.stored(id);
}

describe('a deployment of what runs there already', () => {
  describe('after the deployment that brought it failed', () => {
    beforeEach(async () => {
      watcher.healthy = false;
      const { id } = await world.deploy({ version: '1.0.0' });
      await world.succeed('1.0.0', 1);
      await world.lookOn();
      expect(await world.stored(id)).toMatchObject({ status: 'failed' });
    });

    it('fails as long as whoever watches it says no, and changes nothing', async () => {
      expect(await again()).toMatchObject({
        status: 'failed',
        notes: expect.stringContaining(
          `aria-dev: ${RAN_ALREADY}, and it is not healthy: errors everywhere`,
        ),
        targets: [{ looks: [{ healthy: false }, { healthy: false }] }],
      });
      expect(await desired()).toEqual({ version: '1.0.0' });
      expect(await world.engine.plans()).toHaveLength(1);
    });

    it('is completed by looks once it does well', async () => {
      watcher.healthy = true;
      const looked = await again();
      expect(looked).toMatchObject({
        ...{ status: 'completed', notes: `completed: aria-dev: ${LOOKED}` },
        targets: [{ looks: [{ healthy: true }, { healthy: true }, { healthy: true }] }],
      });
      expect(stepsOf(looked)).toEqual(['pending', 'health_check', 'completed']);
      expect(await world.engine.plans()).toHaveLength(1);
    });
  });

  it('is looked at where its channel brought it', async () => {
    await world.engine.entity({ channel: 'dev' });
    await world.engine.release('1.0.0');
    await world.engine.settle();
    const { id } = await world.engine.lastPlan();
    await world.engine.result(id, SUCCEEDED, { version: '1.0.0', revision: 1 });
    await world.engine.settle();
    watcher.healthy = false;
    expect(await again()).toMatchObject({ status: 'failed' });
    expect(await desired()).toEqual({ channel: 'dev' });
    watcher.healthy = true;
    expect(await again()).toMatchObject({ status: 'completed' });
  });

  it('is deploying only once something is brought to another spoke', async () => {
    await world.engine.entity({ channel: 'dev' });
    await world.engine.release('1.0.0');
    await world.engine.settle();
    const { id: brought } = await world.engine.lastPlan();
    await world.engine.result(brought, SUCCEEDED, { version: '1.0.0', revision: 1 });
    const other = await OtherSpoke.joinIn(world.engine, 'dev-2', 'dev');
    await other.report();
    await other.want({ channel: 'none' });
    world.engine.clock.advance(1000);
    const { id } = await world.deploy({ version: '1.0.0' });
    const first = await world.stored(id);
    expect(first.targets.map(({ state }) => state)).toEqual(['deployed', 'waiting']);
    expect(stepsOf(first)).toEqual(['pending']);
    await world.lookOn();
    await other.heard();
    await world.follow();
    const second = await world.stored(id);
    expect(second.targets.map(({ state }) => state)).toEqual(['healthy', 'executing']);
    expect(stepsOf(second)).toEqual(['pending', 'pre_checks', 'deploying']);
  });

  describe('after it was completed', () => {
    beforeEach(async () => {
      await world.deploy({ version: '1.0.0' });
      await world.succeed('1.0.0', 1);
      await world.lookOn();
    });

    it('is completed at once while its spoke finds it well', async () => {
      const first = await world.deploy({ version: '1.0.0' });
      const second = await world.deploy({ version: '1.0.0' });
      const completed = { status: 'completed', notes: `completed: aria-dev: ${PROVEN}` };
      for (const made of [first, second]) {
        expect(made).toMatchObject({ ...completed, targets: [{ looks: [] }] });
        expect(stepsOf(made)).toEqual(['pending', 'completed']);
      }
    });

    it('fails where it is ill by now, and takes nothing back', async () => {
      const ill = { version: '1.0.0', revision: 1, health: 'Degraded' };
      await world.engine.report({ aria: ill, 'aria-dev': ill });
      const { id } = await world.deploy({ version: '1.0.0' });
      await world.lookOn();
      const ended = await world.stored(id);
      expect(stepsOf(ended)).toEqual(['pending', 'health_check', 'failed']);
      expect(ended).toMatchObject({
        status: 'failed',
        notes: `failed: aria-dev: ${RAN_ALREADY}, and it is not healthy: 1.0.0 is deployed and Degraded`,
      });
      expect(await desired()).toEqual({ version: '1.0.0' });
    });

    it('is looked at where other values were brought since', async () => {
      const { entity } = await world.engine.view();
      world.engine.clock.advance(1000);
      const values = { replicas: 9 };
      must(await putEntity(world.engine.context, PERSON, { ...entity, values }));
      await world.follow();
      const brought = { version: '1.0.0', revision: 2, values };
      await world.engine.result((await world.engine.lastPlan()).id, SUCCEEDED, brought);
      await world.follow();
      const { id } = await world.deploy({ version: '1.0.0' });
      expect(await world.stored(id)).toMatchObject({ status: 'health_check' });
      await world.lookOn();
      expect(await world.stored(id)).toMatchObject({ status: 'completed' });
    });
  });
});
