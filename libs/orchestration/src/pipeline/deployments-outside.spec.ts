import { beforeEach, describe, expect, it } from '@jest/globals';
import { err, ok } from '@apollo-deploy/kernel';
import { putEntity } from '../catalog/put-entity.js';
import type { BackupProvider } from '../backups/backup-provider.js';
import { OutsideBackups } from '../backups/outside-backups.js';
import { DeploymentWorld } from '../testing/deployment-world.js';
import { must, PERSON, SUCCEEDED } from '../testing/engine-world.js';
import { followDeployments } from './follow-deployments.js';
import type { HealthProvider } from './health-provider.js';

/** Somebody who keeps backups and watches services, and answers as the test says. */
class Outsider implements BackupProvider, HealthProvider {
  readonly name = 'the outsider';
  readonly covers = 'the database of the service';
  readonly asked: string[] = [];
  takes: () => ReturnType<BackupProvider['take']> = async () => ok({});
  looks: () => ReturnType<HealthProvider['look']> = async () => ({ healthy: true, detail: 'well' });

  take(...[, { service, environment }]: Parameters<BackupProvider['take']>) {
    this.asked.push(`backup of ${service} in ${environment}`);
    return this.takes();
  }

  look(service: string, environment: string) {
    this.asked.push(`look at ${service} in ${environment}`);
    return this.looks();
  }
}

let outsider: Outsider;
let world: DeploymentWorld;
beforeEach(async () => {
  outsider = new Outsider();
  const outside = { backups: outsider, health: outsider };
  world = await DeploymentWorld.build({ tier: 'staging' }, undefined, outside);
  await world.deploy({ version: '1.0.0' });
  await world.succeed('1.0.0', 1);
  await world.lookOn();
  outsider.asked.length = 0;
});

/** Has the backups made that are asked for. */
async function backUp(): Promise<void> {
  await new OutsideBackups(world.engine.context, outsider, 'replica-1').run();
  await world.follow();
}
const desired = async () => (await world.engine.view()).entity.desired;

describe('a deployment whose backups somebody else makes', () => {
  it('waits for the backup, and goes once it is made', async () => {
    const { id, status } = await world.deploy({ version: '1.1.0' });
    expect(status).toBe('backing_up');
    await backUp();
    expect(outsider.asked).toEqual(['backup of aria in dev']);
    expect(await world.stored(id)).toMatchObject({ status: 'deploying', backup: 'kept' });
    expect(await world.engine.lastPlan()).toMatchObject({ type: 'upgrade', state: 'EXECUTING' });
  });

  it('ends where it fails, with what was said, and nothing is deployed', async () => {
    outsider.takes = async () => err({ detail: 'CHRONOS answered 503: no disk' });
    const { id } = await world.deploy({ version: '1.1.0' });
    await backUp();
    const ended = await world.stored(id);
    expect(ended).toMatchObject({ status: 'failed', targets: [{ state: 'failed' }] });
    expect(ended.notes).toContain('CHRONOS answered 503: no disk');
    expect(await desired()).toEqual({ version: '1.0.0' });
    const plan = await world.engine.lastPlan();
    expect([plan.type, plan.state]).toEqual(['upgrade', 'CANCELLED']);
    world.engine.clock.advance(3_600_000);
    await world.follow();
    await backUp();
    expect(outsider.asked).toEqual(['backup of aria in dev']);
  });

  it('ends where it fails, and what it brings does not come without one by a channel', async () => {
    outsider.takes = async () => err({ detail: 'CHRONOS answered 503: no disk' });
    const { engine } = world;
    await engine.constraint({
      name: 'freeze',
      kind: 'suppression_window',
      spec: { start: '2026-01-01T00:00:00Z', end: '2026-01-06T00:00:00Z', reason: 'Stocktaking' },
    });
    const entity = { name: 'aria-dev', spoke: 'dev', product: 'aria', namespace: 'aria' };
    must(await putEntity(engine.context, PERSON, { ...entity, desired: { channel: 'dev' } }));
    await engine.release('1.1.0');
    await engine.settle();
    expect(await engine.lastPlan()).toMatchObject({ type: 'upgrade', state: 'BLOCKED' });
    const { id } = await world.deploy({ version: '1.1.0' });
    await engine.goTo('2026-01-06T00:00:00.000Z');
    await engine.engine.markDue();
    await world.follow();
    await backUp();
    expect(await world.stored(id)).toMatchObject({ status: 'failed' });
    expect(await desired()).toEqual({ channel: 'dev' });
    await world.follow();
    const plans = (await engine.plans()).map(({ type, state }) => `${type} ${state}`);
    expect(plans).toEqual(['install SUCCEEDED', 'upgrade CANCELLED']);

    outsider.takes = async () => ok({});
    await world.deploy({ version: '1.1.0' });
    await backUp();
    expect(await engine.lastPlan()).toMatchObject({ type: 'upgrade', state: 'EXECUTING' });
  });
});

describe('a deployment whose health somebody else watches', () => {
  async function deployed(): Promise<string> {
    const { id } = await world.deploy({ version: '1.1.0' });
    await backUp();
    await world.succeed('1.1.0', 2);
    return id;
  }

  it('is completed where they and the spoke call it healthy at every look', async () => {
    const id = await deployed();
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({ status: 'completed' });
    expect(outsider.asked.slice(1)).toEqual(Array(3).fill('look at aria in dev'));
  });

  it.each<{ name: string; looks: HealthProvider['look']; note: string }>([
    {
      name: 'they do not call it healthy',
      looks: async () => ({ healthy: false, detail: 'PANOPTES answered 200: {"healthy":false}' }),
      note: 'PANOPTES answered 200: {"healthy":false}',
    },
    {
      name: 'they do not answer',
      looks: () => Promise.reject(new Error('no whole answer within 10 s')),
      note: 'no whole answer within 10 s',
    },
  ])('is rolled back where $name', async ({ looks, note }) => {
    const id = await deployed();
    outsider.looks = () => looks('', '');
    await world.lookOn();
    const rollback = await world.engine.lastPlan();
    expect(rollback).toMatchObject({ type: 'rollback', state: 'EXECUTING' });
    await world.engine.result(rollback.id, SUCCEEDED, { version: '1.0.0', revision: 3 });
    await world.follow();
    const ended = await world.stored(id);
    expect(ended).toMatchObject({ status: 'rolled_back', rollbackVersion: '1.0.0' });
    expect(ended.notes).toContain(note);
  });

  it('delays no other one while it is asked for, and keeps its lease', async () => {
    const { engine } = world;
    await deployed();
    await engine.product('web', { '1.0.0': [] });
    await world.deploy({ service: 'web' });
    const web = await engine.lastPlan();
    await engine.result(web.id, SUCCEEDED, { version: '1.0.0', revision: 1, health: 'Healthy' });
    engine.clock.advance(10_000);
    const asked: string[] = [];
    let bothAsked: (() => void) | undefined;
    const both = new Promise<void>((resolve) => (bothAsked = resolve));
    outsider.look = async (service) => {
      asked.push(service);
      if (asked.length === 2) bothAsked?.();
      await both;
      if (service === 'web') engine.clock.advance(14_000);
      return { healthy: true, detail: 'well' };
    };
    await world.follow();
    expect(asked.toSorted()).toEqual(['aria', 'web']);
    engine.clock.advance(2_000);
    expect(await followDeployments(engine.context, world.tools, 'replica-2')).toBeUndefined();
  });
});
