import { beforeEach, describe, expect, it } from '@jest/globals';
import { err, ok } from '@apollo-deploy/kernel';
import { EngineWorld, SUCCEEDED } from '../testing/engine-world.js';
import type { BackupProvider, BackupRequest } from './backup-provider.js';
import { OutsideBackups } from './outside-backups.js';
import { ASKED_AGAIN_MS } from './run-backups.js';

/** Somebody who makes backups outside, and answers as the test says. */
class Keeper implements BackupProvider {
  readonly name = 'the keeper';
  readonly covers = 'the database of the service';
  readonly asked: BackupRequest[] = [];
  answer: () => ReturnType<BackupProvider['take']> = async () => ok({});

  take(_context: object, request: BackupRequest): ReturnType<BackupProvider['take']> {
    this.asked.push(request);
    return this.answer();
  }
}

let world: EngineWorld;
let keeper: Keeper;
beforeEach(async () => {
  keeper = new Keeper();
  world = await EngineWorld.build({}, undefined, { backups: keeper });
  await world.connect();
  await world.report({});
  await world.constraint({ name: 'first a backup', kind: 'backup', spec: {} });
  await world.entity({ version: '1.0.0' });
  await world.settle();
  const seen = { version: '1.0.0', revision: 1 };
  await world.result((await world.lastPlan()).id, SUCCEEDED, seen);
  await world.settle();
  await world.entity({ version: '1.1.0' });
  await world.settle();
});

async function backups() {
  const { reported } = await world.view();
  const releaseDigest = reported?.release?.releaseDigest ?? '';
  return world.context.store.transact((unit) =>
    unit.backups.getMany([{ entity: 'aria-dev', releaseDigest }]),
  );
}

const outside = (holder = 'here') => new OutsideBackups(world.context, keeper, holder);

describe('backups that somebody else makes', () => {
  it('are asked for, and never hold the engine up', async () => {
    expect(keeper.asked).toEqual([]);
    expect(await backups()).toMatchObject([{ status: 'requested', by: 'the keeper' }]);
    expect(await world.lastPlan()).toMatchObject({ type: 'upgrade', state: 'BLOCKED' });
  });

  it('say of which service and environment, and let the plan go once they are done', async () => {
    await outside().run();
    expect(keeper.asked).toMatchObject([{ service: 'aria', environment: 'dev' }]);
    expect(await backups()).toMatchObject([{ status: 'done', covers: keeper.covers }]);
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'upgrade', state: 'EXECUTING' });
  });

  it('hold the plan with what was answered where they failed', async () => {
    keeper.answer = async () => err({ detail: 'the disk is full' });
    await outside().run();
    await world.settle();
    const plan = await world.lastPlan();
    expect(plan).toMatchObject({ state: 'BLOCKED' });
    expect(plan.violations[0]?.message).toContain('by the keeper failed');
    expect(plan.violations[0]?.message).toContain('the disk is full');
  });

  it('tell every error where several break off, not only the first', async () => {
    const asked = { entity: 'aria-dev', releaseDigest: 'another', status: 'requested' } as const;
    await world.context.store.transact((unit) =>
      unit.backups.put({ ...asked, by: keeper.name, covers: keeper.covers, at: '2026-01-05' }),
    );
    keeper.answer = () => Promise.reject(new Error(`no. ${String(keeper.asked.length)} broke`));
    const failure: unknown = await outside()
      .run()
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AggregateError);
    const { errors } = failure as { readonly errors: readonly Error[] };
    expect(errors.map(({ message }) => message)).toEqual(['no. 1 broke', 'no. 2 broke']);
  });

  it('that failed are in the audit trail with what was answered', async () => {
    keeper.answer = async () => err({ detail: 'the disk is full' });
    await outside().run();
    const { items } = await world.context.store.transact((unit) =>
      unit.audit.list({ subject: 'entity/aria-dev' }, { limit: 50 }),
    );
    expect(items.find(({ action }) => action === 'backup.fail')?.detail).toMatchObject({
      ...{ by: 'the keeper', error: 'the disk is full' },
    });
  });

  it('are made by one of several replicas, and once', async () => {
    keeper.answer = async () => {
      await outside('there').run();
      return ok({});
    };
    await outside().run();
    expect(keeper.asked).toHaveLength(1);
    expect(await backups()).toMatchObject([{ status: 'done' }]);
  });

  it('are made again by another replica where one died while it waited', async () => {
    keeper.answer = () => Promise.reject(new Error('killed'));
    await expect(outside().run()).rejects.toThrow('killed');
    keeper.answer = async () => ok({});
    await outside('there').run();
    world.clock.advance(ASKED_AGAIN_MS - 1);
    await outside('there').run();
    expect(keeper.asked).toHaveLength(1);
    world.clock.advance(1);
    await outside('there').run();
    expect(keeper.asked).toHaveLength(2);
    expect(await backups()).toMatchObject([{ status: 'done' }]);
  });

  it('say, where they are asked for again, that there may be two', async () => {
    keeper.answer = () => Promise.reject(new Error('killed'));
    await expect(outside().run()).rejects.toThrow('killed');
    expect(await backups()).toMatchObject([{ status: 'requested', asked: 1 }]);
    await world.goTo('2026-01-05T09:00:45.000Z');
    await expect(outside('there').run()).rejects.toThrow('killed');
    await world.settle();
    expect((await world.lastPlan()).violations[0]?.message).toContain(
      'the keeper was asked 2 times, as a hub ended before it heard the answer',
    );
    keeper.answer = async () => ok({});
    world.clock.advance(ASKED_AGAIN_MS);
    await outside().run();
    expect(await backups()).toMatchObject([{ status: 'done', asked: 3 }]);
    const { items } = await world.context.store.transact((unit) =>
      unit.audit.list({ subject: 'entity/aria-dev' }, { limit: 50 }),
    );
    const told = items.filter(({ action }) => action.startsWith('backup.'));
    expect(told.map(({ action, detail }) => [action, detail['asked']])).toEqual([
      ['backup.repeat', 2],
      ['backup.repeat', 3],
      ['backup.done', 3],
    ]);
  });
});
