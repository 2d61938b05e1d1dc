import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Deployment, Environment } from '@apollo-deploy/domain';
import { err, ok } from '@apollo-deploy/kernel';
import type { BackupProvider } from '../backups/backup-provider.js';
import { OutsideBackups } from '../backups/outside-backups.js';
import { removeConstraint, type NewConstraint } from '../constraints/add-constraint.js';
import { DeploymentWorld } from '../testing/deployment-world.js';
import { must, PERSON } from '../testing/engine-world.js';
import { rollBack, type RollbackRequest } from './roll-back.js';
import type { RollbackProvider } from './rollback-provider.js';

/** Somebody who takes services back, and keeps them before, as the test says. */
class Outsider implements RollbackProvider, BackupProvider {
  readonly name = 'HADES';
  readonly covers = 'the database of the service';
  readonly asked: string[] = [];
  keeps: () => ReturnType<BackupProvider['take']> = async () => ok({});

  rollBack({ service, targetVersion }: Parameters<RollbackProvider['rollBack']>[0]) {
    this.asked.push(`${service} back to ${targetVersion}`);
    return Promise.resolve(ok(undefined));
  }

  take(...[, { service }]: Parameters<BackupProvider['take']>) {
    this.asked.push(`backup of ${service}`);
    return this.keeps();
  }
}

const FREEZE: NewConstraint = {
  name: 'freeze',
  kind: 'suppression_window',
  spec: {
    ...{ start: '2026-01-01T00:00:00Z', end: '2026-02-01T00:00:00Z', reason: 'Stocktaking' },
    hard: true,
  },
};

let outsider: Outsider;
let world: DeploymentWorld;
beforeEach(() => begin());

/** 1.0.0 and then 1.1.0 have come about. */
async function begin(environment: Partial<Environment> = {}): Promise<void> {
  outsider = new Outsider();
  const outside = { rollbacks: outsider, backups: outsider };
  world = await DeploymentWorld.build(environment, undefined, outside);
  let revision = 0;
  for (const version of ['1.0.0', '1.1.0']) {
    await world.deploy({ version, skipBackup: true });
    await world.succeed(version, (revision += 1));
    await world.lookOn();
  }
}

const goBack = (change: Partial<RollbackRequest> = {}) =>
  rollBack(world.engine.context, PERSON, { service: 'aria', ...change }, world.tools);

/** The newest deployment of the service. */
async function newest(): Promise<Deployment> {
  const { items } = await world.engine.context.store.transact((unit) =>
    unit.deployments.list({ service: 'aria' }, { limit: 1 }),
  );
  const [deployment] = items;
  if (deployment === undefined) throw new Error('there is none');
  return deployment;
}

/** It is this late, and everybody does what is due by then. */
async function atLast(instant: string): Promise<void> {
  await world.engine.goTo(instant);
  await world.engine.engine.markDue();
  await world.follow();
}

/** What is in the way of a deployment under way. */
async function waits(id: string): Promise<readonly string[]> {
  await world.follow();
  return (await world.shown(id)).waitsFor.map(({ message }) => message);
}

/** What is on record about whom it was asked of. */
async function because(): Promise<unknown> {
  const { items } = await world.engine.context.store.transact((unit) =>
    unit.audit.list({ subject: 'product/aria' }, { limit: 20 }),
  );
  return items.find(({ action }) => action === 'rollback.outside')?.detail;
}

describe('who takes services back', () => {
  it('is not asked in a freeze that holds rollbacks too: the engine brings it when that is lifted', async () => {
    const freeze = await world.engine.constraint(FREEZE);
    const { id } = must(await goBack());
    expect(await waits(id)).toEqual([expect.stringContaining('Stocktaking')]);
    expect(await because()).toMatchObject({
      by: 'HADES',
      asked: false,
      because: [expect.stringContaining('Stocktaking')],
    });
    must(await removeConstraint(world.engine.context, PERSON, freeze.id));
    await world.follow();
    expect(await world.engine.lastPlan()).toMatchObject({ type: 'rollback', state: 'EXECUTING' });
    await world.succeed('1.0.0', 3);
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({ status: 'completed' });
    expect(outsider.asked).toEqual([]);
  });

  it('is not asked for a version that never succeeded there', async () => {
    await world.engine.register('aria', '0.9.0');
    must(await goBack({ targetVersion: '0.9.0' }));
    expect(outsider.asked).toEqual([]);
    expect(await because()).toMatchObject({
      because: ['aria-dev: 0.9.0 is not known to have succeeded there'],
    });
  });

  it('is not asked for what was recalled', async () => {
    await world.engine.recall('1.0.0');
    expect(await goBack({ targetVersion: '1.0.0' })).toMatchObject({
      error: { code: 'deployment/recalled' },
    });
    expect(outsider.asked).toEqual([]);
  });

  it('is asked in a freeze that lets rollbacks go', async () => {
    const { hard: _, ...spec } = FREEZE.spec;
    await world.engine.constraint({ ...FREEZE, spec });
    must(await goBack());
    expect(outsider.asked).toEqual(['aria back to 1.0.0']);
  });
});

describe('who takes services back where a backup is required', () => {
  beforeEach(() => begin({ tier: 'staging' }));

  it('is asked once what runs was kept', async () => {
    const { id } = must(await goBack());
    expect(outsider.asked).toEqual(['backup of aria', 'aria back to 1.0.0']);
    await world.follow();
    expect(await world.stored(id)).toMatchObject({ backup: 'kept' });
  });

  it('is not asked where the backup fails: the deployment has failed, and nothing is changed', async () => {
    outsider.keeps = async () => err({ detail: 'it answered 503: no disk' });
    const { id } = must(await goBack());
    await world.follow();
    expect(outsider.asked).toEqual(['backup of aria']);
    expect(await world.stored(id)).toMatchObject({
      status: 'failed',
      notes:
        'failed: aria-dev: the backup by HADES failed, so nothing was deployed: it answered 503: no disk',
    });
    const { entity, hold } = await world.engine.view();
    expect(entity.desired).toEqual({ version: '1.1.0' });
    expect(hold).toBeUndefined();
    expect((await world.engine.plans()).map(({ type }) => type)).not.toContain('rollback');
    const { store } = world.engine.context;
    expect(await store.transact((unit) => unit.constraints.all())).toEqual([]);
  });

  it('is not asked where the hub ended while what runs was being kept: the engine brings it after 45 s', async () => {
    outsider.keeps = () => Promise.reject(new Error('the hub was killed'));
    await expect(goBack()).rejects.toThrow('the hub was killed');
    const { id, targets } = await newest();
    expect(targets).toMatchObject([
      { outside: { by: 'HADES', until: '2026-01-05T09:01:15.000Z' } },
    ]);
    expect(targets[0]?.outside).not.toHaveProperty('askedAt');
    expect(await waits(id)).toContainEqual(
      expect.stringContaining(
        'what runs is backed up, and then HADES is asked to take aria back to 1.0.0',
      ),
    );
    outsider.keeps = async () => ok({});
    await atLast('2026-01-05T09:01:14.999Z');
    expect((await newest()).targets[0]).toHaveProperty('outside');
    await atLast('2026-01-05T09:01:15.000Z');
    expect((await newest()).targets[0]).not.toHaveProperty('outside');
    expect((await waits(id))[0]).toContain('a backup of aria-dev by HADES is under way');
    await new OutsideBackups(world.engine.context, outsider, 'there').run();
    await world.follow();
    expect(await world.engine.lastPlan()).toMatchObject({ type: 'rollback', state: 'EXECUTING' });
    await world.succeed('1.0.0', 3);
    await world.lookOn();
    expect(await newest()).toMatchObject({ id, status: 'completed', backup: 'kept' });
    expect(outsider.asked).toEqual(['backup of aria', 'backup of aria']);
  });

  it('is not asked any more where the backup took longer than that', async () => {
    outsider.keeps = async () => {
      await world.engine.goTo('2026-01-05T09:01:15.000Z');
      return ok({});
    };
    const { id } = must(await goBack());
    await world.follow();
    expect(await because()).toMatchObject({
      because: ['the backup took longer than the rollback waits for it'],
    });
    expect(await world.engine.lastPlan()).toMatchObject({ type: 'rollback', state: 'EXECUTING' });
    await world.succeed('1.0.0', 3);
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({ status: 'completed' });
    expect(outsider.asked).toEqual(['backup of aria']);
  });

  it('is not asked where a freeze was saved while what runs was being kept', async () => {
    outsider.keeps = async () => {
      await world.engine.constraint(FREEZE);
      return ok({});
    };
    const { id } = must(await goBack());
    expect(await waits(id)).toEqual([expect.stringContaining('Stocktaking')]);
    expect(outsider.asked).toEqual(['backup of aria']);
  });
});
