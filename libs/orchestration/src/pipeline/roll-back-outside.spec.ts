import { beforeEach, describe, expect, it } from '@jest/globals';
import { err, ok } from '@apollo-deploy/kernel';
import { InMemoryStore } from '../ports/in-memory/in-memory-store.js';
import { DeploymentWorld } from '../testing/deployment-world.js';
import { must, PERSON } from '../testing/engine-world.js';
import { rollBack, type RollbackRequest } from './roll-back.js';
import type { OutsideRollback, RollbackProvider } from './rollback-provider.js';

/** Somebody who takes services back, and does and answers as the test says. */
class Taker implements RollbackProvider {
  readonly name = 'HADES';
  readonly asked: OutsideRollback[] = [];
  does: () => ReturnType<RollbackProvider['rollBack']> = async () => ok(undefined);

  rollBack(request: OutsideRollback): ReturnType<RollbackProvider['rollBack']> {
    this.asked.push(request);
    return this.does();
  }
}

let taker: Taker;
let world: DeploymentWorld;
beforeEach(async () => {
  taker = new Taker();
  world = await DeploymentWorld.build({}, new InMemoryStore(), { rollbacks: taker });
  let revision = 0;
  for (const version of ['1.0.0', '1.1.0']) {
    await world.deploy({ version });
    await world.succeed(version, (revision += 1));
    await world.lookOn();
  }
});

const goBack = (change: Partial<RollbackRequest> = {}) =>
  rollBack(world.engine.context, PERSON, { service: 'aria', ...change }, world.tools);
/** The release is taken back by somebody else, and the spoke sees it. */
async function takenBack(health = 'Healthy'): Promise<void> {
  await world.engine.report({ aria: { version: '1.0.0', revision: 3, health } });
  await world.engine.settle();
}
/** It is this late, and everybody does what is due by then. */
async function atLast(instant: string): Promise<void> {
  await world.engine.goTo(instant);
  await world.engine.engine.markDue();
  await world.follow();
}
/** The newest deployment of the service. */
async function newest() {
  const { items } = await world.engine.context.store.transact((unit) =>
    unit.deployments.list({ service: 'aria' }, { limit: 1 }),
  );
  const [deployment] = items;
  if (deployment === undefined) throw new Error('there is none');
  return deployment;
}
const view = () => world.engine.view();
/** The plans that went out. */
async function sent() {
  const plans = await world.engine.plans();
  return plans.filter(({ startedAt }) => startedAt !== undefined).map(({ type }) => type);
}
const suppressions = () => world.engine.context.store.transact((unit) => unit.constraints.all());

describe('a rollback that somebody else does', () => {
  it('is completed without a plan once the spoke has seen it, and is held there', async () => {
    taker.does = async () => {
      await world.engine.settle();
      expect((await view()).why).toContain(
        'HADES was asked at 2026-01-05T09:00:30.000Z to take aria back to 1.0.0, and nobody has heard its answer yet',
      );
      await takenBack();
      return ok(undefined);
    };
    const { id } = must(await goBack({ reason: 'Deployment broke login' }));
    await world.lookOn();
    expect(taker.asked).toEqual([
      { id, service: 'aria', targetVersion: '1.0.0', reason: 'Deployment broke login' },
    ]);
    expect(await world.stored(id)).toMatchObject({ kind: 'rollback', status: 'completed' });
    expect(await sent()).toEqual(['install', 'upgrade']);
    expect(await suppressions()).toEqual([]);
    expect((await view()).hold).toMatchObject({ fixes: { version: '1.0.0' }, until: 'lifted' });
    expect((await view()).entity.desired).toEqual({ version: '1.0.0' });
  });

  it('is not completed where it was only accepted: the engine goes on, until the spoke sees it', async () => {
    const { id } = must(await goBack());
    await world.follow();
    expect(await world.stored(id)).toMatchObject({ status: 'deploying' });
    expect(await world.engine.lastPlan()).toMatchObject({ type: 'rollback', state: 'EXECUTING' });
    await world.succeed('1.0.0', 3);
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({ status: 'completed' });
    expect(taker.asked).toHaveLength(1);
  });

  it('fails where it is refused, with what was said; nothing changes, and nothing is held', async () => {
    taker.does = async () => err({ outcome: 'refused', detail: 'it answered 500: no' });
    const refused = await goBack();
    await world.follow();
    expect(refused).toMatchObject({
      error: {
        code: 'rollback/outside_failed',
        detail:
          'HADES rollback failed: it answered 500: no; nothing was changed; see to HADES and ask again',
      },
    });
    expect(await suppressions()).toEqual([]);
    expect((await view()).hold).toBeUndefined();
    expect((await view()).entity.desired).toEqual({ version: '1.1.0' });
    const { items } = await world.engine.context.store.transact((unit) =>
      unit.deployments.list({ service: 'aria' }, { limit: 1 }),
    );
    expect(items).toMatchObject([
      { kind: 'rollback', status: 'failed', notes: 'HADES rollback failed: it answered 500: no' },
    ]);
  });

  it('leaves everything held where nobody answers, asks no more by itself, and can be asked for again', async () => {
    taker.does = async () => err({ outcome: 'unknown', detail: 'no whole answer within 30 s' });
    expect(await goBack()).toMatchObject({
      error: {
        code: 'rollback/outside_failed',
        detail: expect.stringContaining('it may have been done'),
      },
    });
    await takenBack();
    await world.follow();
    expect(await sent()).toEqual(['install', 'upgrade']);
    expect(taker.asked).toHaveLength(1);
    expect(await suppressions()).toMatchObject([{ spec: { hard: true } }]);
    taker.does = async () => ok(undefined);
    const { id } = must(await goBack({ targetVersion: '1.0.0' }));
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({ status: 'completed' });
  });

  it.each<{ name: string; request: Partial<RollbackRequest>; code: string }>([
    { name: 'no such service', request: { service: 'none' }, code: 'catalog/product_not_found' },
    {
      name: 'a version that there is not',
      request: { targetVersion: '0.9.0' },
      code: 'catalog/release_not_found',
    },
  ])('is not asked for with $name', async ({ request, code }) => {
    expect(await goBack(request)).toMatchObject({ ok: false, error: { code } });
    expect(taker.asked).toEqual([]);
  });

  it('is not asked for while another deployment is under way there', async () => {
    await world.deploy({ version: '1.0.0' });
    expect(await goBack({ targetVersion: '1.0.0' })).toMatchObject({
      error: { code: 'deployment/in_progress' },
    });
    expect(taker.asked).toEqual([]);
    expect((await view()).hold).toBeUndefined();
  });

  it('is asked for once by two who ask in the same moment', async () => {
    let other: Awaited<ReturnType<typeof goBack>> | undefined;
    taker.does = async () => {
      other ??= await goBack();
      await takenBack();
      return ok(undefined);
    };
    const { id } = must(await goBack());
    expect(other).toMatchObject({
      error: { code: 'deployment/in_progress', data: { deployment: id } },
    });
    expect(taker.asked).toHaveLength(1);
  });

  it('is on record while they are asked, and is completed though nobody hears their answer', async () => {
    taker.does = () => Promise.reject(new Error('the hub was killed'));
    await expect(goBack()).rejects.toThrow('the hub was killed');
    const { items } = await world.engine.context.store.transact((unit) =>
      unit.deployments.list({ service: 'aria' }, { limit: 1 }),
    );
    const [{ id } = { id: 'none' }] = items;
    await world.follow();
    expect((await world.shown(id)).waitsFor).toMatchObject([
      { message: expect.stringContaining('HADES was asked at 2026-01-05T09:00:30.000Z') },
    ]);
    expect(await sent()).toEqual(['install', 'upgrade']);
    await takenBack();
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({ kind: 'rollback', status: 'completed' });
    expect(await sent()).toEqual(['install', 'upgrade']);
    expect((await view()).hold).toMatchObject({ fixes: { version: '1.0.0' } });
    expect(taker.asked).toHaveLength(1);
  });

  it('keeps nothing from there longer than the answer may take, where nobody hears it', async () => {
    taker.does = () => Promise.reject(new Error('the hub was killed'));
    await expect(goBack()).rejects.toThrow('the hub was killed');
    const { id } = await newest();
    await takenBack();
    await world.lookOn();
    expect((await world.stored(id)).targets).toMatchObject([
      {
        state: 'healthy',
        outside: { by: 'HADES', askedAt: '2026-01-05T09:00:30.000Z', unanswered: true, seen: true },
      },
    ]);
    expect((await world.stored(id)).targets[0]?.outside).not.toHaveProperty('until');
    expect(await suppressions()).toMatchObject([{ spec: { end: '2026-01-05T09:01:30.000Z' } }]);
  });

  it('keeps nothing from there once it has ended later than that', async () => {
    taker.does = () => Promise.reject(new Error('the hub was killed'));
    await expect(goBack()).rejects.toThrow('the hub was killed');
    await world.engine.goTo('2026-01-05T09:01:30.000Z');
    await takenBack();
    await world.lookOn();
    expect(await newest()).toMatchObject({ status: 'completed' });
    expect(await suppressions()).toEqual([]);
  });

  it('is brought by the engine after half an hour where nobody hears what they did, and says so', async () => {
    taker.does = () => Promise.reject(new Error('the hub was killed'));
    await expect(goBack()).rejects.toThrow('the hub was killed');
    const { id } = await newest();
    await atLast('2026-01-05T09:30:29.999Z');
    expect(await sent()).toEqual(['install', 'upgrade']);
    await atLast('2026-01-05T09:30:30.000Z');
    expect((await world.stored(id)).targets[0]?.outside).toEqual({
      ...{ by: 'HADES', askedAt: '2026-01-05T09:00:30.000Z', unanswered: true },
    });
    await world.succeed('1.0.0', 3);
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({ status: 'completed' });
    expect(await sent()).toEqual(['install', 'upgrade', 'rollback']);
    expect(taker.asked).toHaveLength(1);
  });

  it('forgets that nobody has heard their answer, once somebody does after its end', async () => {
    taker.does = async () => {
      await takenBack();
      await world.lookOn();
      return ok(undefined);
    };
    const { id } = must(await goBack());
    expect((await world.stored(id)).targets[0]?.outside).toEqual({
      ...{ by: 'HADES', askedAt: '2026-01-05T09:00:30.000Z', seen: true },
    });
    expect(await suppressions()).toEqual([]);
  });

  it('has a newer deployment wait behind it while they are at it', async () => {
    const newer: string[] = [];
    taker.does = async () => {
      await world.engine.settle();
      const { id } = await world.deploy({ version: '1.1.0' });
      newer.push(id);
      expect(await world.stored(id)).toMatchObject({ queued: true, status: 'pending' });
      await takenBack();
      return ok(undefined);
    };
    const { id } = must(await goBack());
    await world.follow();
    expect(await world.stored(id)).toMatchObject({ status: 'health_check' });
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({ kind: 'rollback', status: 'completed' });
    expect(await world.stored(newer[0] ?? '')).toMatchObject({ queued: false });
    expect(await world.engine.lastPlan()).toMatchObject({ type: 'upgrade', state: 'EXECUTING' });
  });

  it('is waited behind where nobody hears their answer, for half an hour at most', async () => {
    taker.does = () => Promise.reject(new Error('the hub was killed'));
    await expect(goBack()).rejects.toThrow('the hub was killed');
    const { id } = await newest();
    await world.engine.goTo('2026-01-05T09:30:29.999Z');
    const second = await world.deploy({ version: '1.1.0' });
    expect(second).toMatchObject({ queued: true });
    await world.engine.goTo('2026-01-05T09:30:30.000Z');
    const third = await world.deploy({ version: '1.1.0' });
    expect(third).toMatchObject({ queued: false });
    expect(await world.stored(id)).toMatchObject({ status: 'failed', supersededBy: third.id });
  });

  it('is looked at three times, as what a plan brought', async () => {
    taker.does = async () => {
      await takenBack();
      return ok(undefined);
    };
    const { id } = must(await goBack());
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({
      ...{ status: 'completed', notes: 'completed: aria-dev: HADES brought it' },
      targets: [{ outside: { by: 'HADES', seen: true }, looks: Array(3).fill({ healthy: true }) }],
    });
  });

  it.each([
    { name: 'is ill', first: 'Degraded' },
    { name: 'falls ill', first: 'Healthy' },
  ])('has failed where what they brought $name, and stays there, held', async ({ first }) => {
    taker.does = async () => {
      await takenBack(first);
      return ok(undefined);
    };
    const { id } = must(await goBack());
    await world.follow();
    expect((await world.stored(id)).targets).toMatchObject([{ state: 'deployed' }]);
    await takenBack('Degraded');
    await world.lookOn();
    const { status, notes } = await world.stored(id);
    expect(status).toBe('failed');
    expect(notes).toContain(
      'it was not healthy: 1.0.0 is deployed and Degraded; a rollback is not',
    );
    expect((await view()).hold).toMatchObject({ fixes: { version: '1.0.0' }, until: 'lifted' });
    expect((await view()).entity.desired).toEqual({ version: '1.0.0' });
    expect(await sent()).toEqual(['install', 'upgrade']);
    const audit = await world.engine.context.store.transact((unit) =>
      unit.audit.list({ subject: 'entity/aria-dev' }, { limit: 20 }),
    );
    expect(audit.items).toContainEqual(
      expect.objectContaining({
        action: 'alarm',
        detail: expect.objectContaining({
          reason: expect.stringContaining('1.0.0 was gone back to by HADES'),
        }),
      }),
    );
  });

  it('is not looked at while what they brought is not at rest yet', async () => {
    taker.does = async () => {
      await takenBack('Progressing');
      return ok(undefined);
    };
    const { id } = must(await goBack());
    await world.follow();
    expect((await world.stored(id)).targets).toMatchObject([{ state: 'started', looks: [] }]);
    await takenBack();
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({ status: 'completed' });
    expect(await sent()).toEqual(['install', 'upgrade']);
  });

  it('goes on by looks where it is refused after the spoke has seen it', async () => {
    taker.does = async () => {
      await takenBack();
      return err({ outcome: 'refused', detail: 'it answered 500: no' });
    };
    const { id } = must(await goBack());
    expect(await suppressions()).toEqual([]);
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({ status: 'completed' });
  });

  it('counts as done where the spoke has seen it, whatever was answered', async () => {
    taker.does = async () => {
      await takenBack();
      await world.lookOn();
      return err({ outcome: 'unknown', detail: 'no whole answer within 30 s' });
    };
    expect(must(await goBack())).toMatchObject({ status: 'completed' });
    expect(await suppressions()).toEqual([]);
  });
});
