import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ServiceHealth } from '@apollo-deploy/domain';
import { err, ok } from '@apollo-deploy/kernel';
import { putEntity } from '../catalog/put-entity.js';
import type { BackupProvider } from '../backups/backup-provider.js';
import type { NewConstraint } from '../constraints/add-constraint.js';
import { OutsideBackups } from '../backups/outside-backups.js';
import { DeploymentWorld } from '../testing/deployment-world.js';
import { must, PERSON, SUCCEEDED } from '../testing/engine-world.js';
import { followDeployments } from './follow-deployments.js';
import { HealthAsks } from './health-asks.js';
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

/** An outage, as whoever asks another machine meets it. */
const isAway = () =>
  Promise.reject(Object.assign(new Error('no whole answer within 10 s'), { retryable: true }));

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

const EXECUTING = { state: 'executing' };
const FREEZE: NewConstraint = {
  name: 'freeze',
  kind: 'suppression_window',
  spec: { start: '2026-01-01T00:00:00Z', end: '2026-01-06T00:00:00Z', reason: 'Stocktaking' },
};

/** The spoke does not begin the plan that is out; somebody has made a revision by hand meanwhile. */
async function comesBack(reason: 'base_moved' | 'interrupted'): Promise<void> {
  const { id } = await world.engine.lastPlan();
  const declined = { verdict: 'declined', reason, message: reason, evidence: {} } as const;
  const seen = { version: '1.0.0', revision: 2, values: { replicas: 9 } };
  await world.engine.result(id, declined, seen);
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

  it.each(['base_moved', 'interrupted'] as const)(
    'keeps what runs once more where its plan comes back as %s and that has changed meanwhile',
    async (reason) => {
      const { engine } = world;
      const { id } = await world.deploy({ version: '1.1.0' });
      await backUp();
      expect(await world.stored(id)).toMatchObject({ backup: 'kept', targets: [EXECUTING] });
      await comesBack(reason);
      // The engine looks before anybody has followed the deployment.
      await engine.settle();
      expect((await engine.lastPlan()).state).toBe('BLOCKED');
      await world.follow();
      expect(await world.stored(id)).toMatchObject({ backup: 'required' });
      expect((await engine.lastPlan()).violations.map(({ code }) => code)).toEqual(['backup']);
      await backUp();
      expect(outsider.asked).toEqual(Array(2).fill('backup of aria in dev'));
      expect(await engine.lastPlan()).toMatchObject({ type: 'upgrade', state: 'EXECUTING' });
      expect(await world.stored(id)).toMatchObject({ backup: 'kept', targets: [EXECUTING] });
    },
  );

  it('does not say that what runs was kept while only what ran before it was', async () => {
    const { engine } = world;
    const { id } = await world.deploy({ version: '1.1.0' });
    await backUp();
    await engine.constraint(FREEZE);
    await comesBack('base_moved');
    await world.follow();
    const held = (await engine.lastPlan()).violations.map(({ code }) => code);
    expect(held).toEqual(['backup', 'suppression_window']);
    expect(outsider.asked).toHaveLength(1);
    expect(await world.stored(id)).toMatchObject({ backup: 'required' });
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
    await engine.constraint(FREEZE);
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
    engine.clock.advance(1000);
    const again = await world.deploy({ version: '1.1.0' });
    await backUp();
    expect(await engine.lastPlan()).toMatchObject({ type: 'upgrade', state: 'EXECUTING' });
    expect(await world.stored(again.id)).toMatchObject({ backup: 'kept', targets: [EXECUTING] });
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

  it('is rolled back where they do not call it healthy', async () => {
    const id = await deployed();
    const detail = 'PANOPTES answered 200: {"healthy":false}';
    outsider.looks = async () => ({ healthy: false, detail });
    await world.lookOn();
    const rollback = await world.engine.lastPlan();
    expect(rollback).toMatchObject({ type: 'rollback', state: 'EXECUTING' });
    await world.engine.result(rollback.id, SUCCEEDED, { version: '1.0.0', revision: 3 });
    await world.follow();
    const ended = await world.stored(id);
    expect(ended).toMatchObject({ status: 'rolled_back', rollbackVersion: '1.0.0' });
    expect(ended.notes).toContain(detail);
  });

  it('waits where they do not answer, asks again, and is completed once they do', async () => {
    outsider.looks = isAway;
    const id = await deployed();
    expect((await world.shown(id)).waitsFor).toMatchObject([
      {
        ...{ code: 'health_unanswered', until: '2026-01-05T09:00:45.000Z' },
        message: expect.stringContaining('no whole answer within 10 s'),
      },
    ]);
    await world.engine.goTo('2026-01-05T09:00:45.000Z');
    await world.follow();
    expect(outsider.asked.slice(1)).toHaveLength(2);
    outsider.looks = async () => ({ healthy: true, detail: 'well' });
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({
      ...{ status: 'completed', targets: [{ looks: Array(3).fill({ healthy: true }) }] },
    });
  });

  it('fails where they do not answer for a quarter of an hour, and what was brought stays', async () => {
    outsider.looks = isAway;
    const id = await deployed();
    await world.lookOn();
    const ended = await world.stored(id);
    expect(ended).toMatchObject({ status: 'failed', targets: [{ state: 'failed', looks: [] }] });
    expect(ended.notes).toContain('no whole answer within 10 s; nothing was taken back');
    expect(outsider.asked.slice(1)).toHaveLength(31);
    expect(await desired()).toEqual({ version: '1.1.0' });
    await world.follow();
    expect((await world.engine.lastPlan()).type).toBe('upgrade');
  });

  it('is told of a bug in asking, and asks again', async () => {
    outsider.looks = () => Promise.reject(new TypeError('a bug'));
    await expect(deployed()).rejects.toThrow('a bug');
    outsider.looks = async () => ({ healthy: true, detail: 'well' });
    await world.lookOn();
    const { items } = await world.engine.context.store.transact((unit) =>
      unit.deployments.list({ service: 'aria' }, { limit: 1 }),
    );
    expect(items).toMatchObject([{ toVersion: '1.1.0', status: 'completed' }]);
  });
});

describe('somebody who watches services and answers slowly', () => {
  /** Both services run 1.1.0 and 1.0.0, and are about to be looked at. */
  async function bothDeployed(): Promise<{ readonly aria: string; readonly web: string }> {
    const { engine } = world;
    const { id: aria } = await world.deploy({ version: '1.1.0' });
    await backUp();
    await engine.product('web', { '1.0.0': [] });
    const { id: web } = await world.deploy({ service: 'web' });
    const seen = { aria: ['1.1.0', 2], web: ['1.0.0', 1] } as const;
    for (const { id, product, state } of await engine.plans()) {
      if (state !== 'EXECUTING') continue;
      const [version, revision] = seen[product as keyof typeof seen];
      await engine.result(id, SUCCEEDED, { version, revision });
    }
    await engine.settle();
    return { aria, web };
  }

  it('delays the deployment alone that they are asked for', async () => {
    const { aria, web } = await bothDeployed();
    const { engine } = world;
    let answer = (_: ServiceHealth): void => undefined;
    outsider.look = (service) =>
      service === 'aria'
        ? new Promise((resolve) => (answer = resolve))
        : Promise.resolve({ healthy: true, detail: 'well' });
    let answered = (): void => undefined;
    const asks = new HealthAsks(engine.context, () => {
      answered();
    });
    const following = { tools: world.tools, asks, holder: 'replica-1' };
    const turn = () => followDeployments(engine.context, following);
    // Each look at web is asked for by one turn, and taken by the next; aria is still being asked for.
    for (const look of [1, 2, 3]) {
      const asked = new Promise<void>((resolve) => (answered = resolve));
      await turn();
      await asked;
      const next = await turn();
      if (look < 3) await engine.goTo(next?.toISOString() ?? '');
    }
    expect(await world.stored(web)).toMatchObject({ status: 'completed' });
    expect(await world.stored(aria)).toMatchObject({ status: 'health_check' });
    const asked = new Promise<void>((resolve) => (answered = resolve));
    answer({ healthy: true, detail: 'well' });
    await asked;
    await turn();
    expect((await world.stored(aria)).targets[0]?.looks).toHaveLength(1);
  });
});
