import { beforeEach, describe, expect, it } from '@jest/globals';
import { putEntity } from '../catalog/put-entity.js';
import { DeploymentWorld } from '../testing/deployment-world.js';
import { failed, must, PERSON } from '../testing/engine-world.js';
import { rollBack } from './roll-back.js';

let world: DeploymentWorld;
const view = () => world.engine.view();

async function running(version: string, revision: number): Promise<void> {
  await world.deploy({ version });
  await world.succeed(version, revision);
  await world.lookOn();
}

describe('what fails in an environment that is set not to roll back', () => {
  /** 1.0.0 runs well. */
  beforeEach(async () => {
    world = await DeploymentWorld.build({ rollbackOnFailure: false });
    await running('1.0.0', 1);
  });

  const STAYS =
    'aria-dev: environment dev takes nothing back by itself (rollbackOnFailure), so 1.1.0 is still desired, and 1.1.0 is failed and Degraded there; see what is wrong with it, or say what is to run: POST /rollback, or a version with POST /deploy, /promote or /hotfix';

  it('stays desired where its plan failed part-way, with what runs and what can be done', async () => {
    const { id } = await world.deploy({ version: '1.1.0' });
    const plan = await world.engine.lastPlan();
    const seen = { version: '1.1.0', revision: 2, status: 'failed', health: 'Degraded' };
    await world.engine.result(plan.id, failed('unhealthy'), seen);
    await world.follow();
    expect(await world.stored(id)).toMatchObject({
      status: 'failed',
      notes: `failed: aria-dev: plan ${plan.id} is FAILED (unhealthy): pod aria-1 is in CrashLoopBackOff; ${STAYS}`,
    });
    expect((await view()).entity.desired).toEqual({ version: '1.1.0' });
    // The engine would try it again: nothing goes to 1.0.0.
    expect(await world.engine.lastPlan()).toMatchObject({
      ...{ to: { version: '1.1.0' }, state: 'BLOCKED' },
    });
  });

  it('stays desired where it does badly after its plan has SUCCEEDED', async () => {
    const { id } = await world.deploy({ version: '1.1.0' });
    await world.succeed('1.1.0', 2, 'Degraded');
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({
      status: 'failed',
      notes: `failed: aria-dev: it was not healthy: 1.1.0 is deployed and Degraded; it was not taken back; ${STAYS.replace('is failed and', 'is deployed and')}`,
    });
    expect((await view()).entity.desired).toEqual({ version: '1.1.0' });
    expect(await world.engine.plans()).toHaveLength(2);
  });

  it('is followed by its channel again where no version was named', async () => {
    await world.engine.release('1.1.0');
    const { id } = await world.deployNewest();
    await world.succeed('1.1.0', 2, 'Degraded');
    await world.lookOn();
    expect((await world.stored(id)).notes).toContain(
      'so what channel dev brings is still desired, and 1.1.0 is deployed and Degraded there',
    );
    expect((await view()).entity.desired).toEqual({ channel: 'dev' });
    expect(await world.engine.plans()).toHaveLength(2);
  });

  it('is not desired any more where nothing was touched', async () => {
    const { id } = await world.deploy({ version: '1.1.0' });
    await world.engine.result((await world.engine.lastPlan()).id, failed('refused'));
    await world.follow();
    expect((await world.stored(id)).notes).not.toContain('still desired');
    expect((await view()).entity.desired).toEqual({ version: '1.0.0' });
  });

  it('is gone back from by a rollback that somebody asks for', async () => {
    await world.deploy({ version: '1.1.0' });
    await world.succeed('1.1.0', 2, 'Degraded');
    await world.lookOn();
    const asked = { service: 'aria', environment: 'dev' };
    const { id, toVersion } = must(
      await rollBack(world.engine.context, PERSON, asked, world.tools),
    );
    expect(toVersion).toBe('1.0.0');
    await world.follow();
    await world.succeed('1.0.0', 3);
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({ status: 'completed' });
  });
});

describe('a first installation that fails', () => {
  beforeEach(async () => {
    world = await DeploymentWorld.build();
  });

  const NOTHING_BEFORE =
    'aria-dev: 1.0.0 is still desired, as there was nothing before; set it absent to remove what is there';
  const FAILED = { version: '1.0.0', revision: 1, status: 'failed', health: 'Degraded' };

  async function failsAtFirst(): Promise<string> {
    const { id } = await world.deploy({ version: '1.0.0' });
    await world.engine.result((await world.engine.lastPlan()).id, failed('unhealthy'), FAILED);
    await world.follow();
    return id;
  }

  it('stays, as evidence, where there was no entity before', async () => {
    const id = await failsAtFirst();
    expect((await world.stored(id)).notes).toContain(NOTHING_BEFORE);
    expect((await view()).entity.desired).toEqual({ version: '1.0.0' });
  });

  it('stays where its plan SUCCEEDED and it was found ill, as nothing is known to go back to', async () => {
    const { id, targets } = await world.deploy({ version: '1.0.0' });
    expect(targets).toMatchObject([{ before: null }]);
    await world.succeed('1.0.0', 1, 'Degraded');
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({
      status: 'failed',
      notes: `failed: aria-dev: it was not healthy: 1.0.0 is deployed and Degraded; nothing is known to go back to; ${NOTHING_BEFORE}`,
    });
    expect((await view()).entity.desired).toEqual({ version: '1.0.0' });
    expect((await world.engine.plans()).map(({ type }) => type)).toEqual(['install']);
  });

  it('stays where it ran before anybody had an entity for it, and is ill', async () => {
    await world.engine.report({ aria: { version: '1.0.0', revision: 1, health: 'Degraded' } });
    const { id, targets } = await world.deploy({ version: '1.0.0' });
    expect(targets).toMatchObject([{ before: null, state: 'deployed' }]);
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({
      status: 'failed',
      notes: `failed: aria-dev: it ran already, so nothing was changed, and it is not healthy: 1.0.0 is deployed and Degraded; ${NOTHING_BEFORE}`,
    });
    expect((await view()).entity.desired).toEqual({ version: '1.0.0' });
  });

  it('stays as well where it was to be absent before, and is not removed by itself', async () => {
    await world.engine.entity({ absent: true });
    await world.engine.settle();
    const id = await failsAtFirst();
    expect((await world.stored(id)).notes).toContain('1.0.0 is still desired');
    expect((await view()).entity.desired).toEqual({ version: '1.0.0' });
    expect((await world.engine.plans()).map(({ type }) => type)).not.toContain('uninstall');
  });

  it('is followed by its channel where no version was named', async () => {
    const { id } = await world.deployNewest();
    await world.engine.result((await world.engine.lastPlan()).id, failed('unhealthy'), FAILED);
    await world.follow();
    expect((await world.stored(id)).notes).toContain('what channel dev brings is still desired');
    expect((await view()).entity.desired).toEqual({ channel: 'dev' });
  });
});

describe('what fails after a person has said the same as the deployment', () => {
  it('stays desired, as they have set it', async () => {
    world = await DeploymentWorld.build();
    await running('1.0.0', 1);
    const { id } = await world.deploy({ version: '1.1.0' });
    world.engine.clock.advance(1000);
    const { entity } = await view();
    must(await putEntity(world.engine.context, PERSON, { ...entity, labels: { team: 'shop' } }));
    await world.engine.result((await world.engine.lastPlan()).id, failed('refused'));
    await world.follow();
    expect(await world.stored(id)).toMatchObject({
      status: 'failed',
      notes: expect.stringContaining(
        'aria-dev: what is desired was left as dev-operator has set it since',
      ),
    });
    expect((await view()).entity.desired).toEqual({ version: '1.1.0' });
  });
});
