import { describe, expect, it } from '@jest/globals';
import { InMemoryStore } from '../ports/in-memory/in-memory-store.js';
import { closeSession } from '../spokes/spoke-session.js';
import { EngineWorld, failed, PERSON, SUCCEEDED } from '../testing/engine-world.js';
import { joinedSpoke } from '../testing/joined-spoke.js';
import { revokeSpoke } from '../trust/revoke-spoke.js';
import { anEntity } from '../testing/records/fleet-records.js';
import { aPlan } from '../testing/records/plan-records.js';

/** What was announced since, as `type name: the facts that matter`. */
async function saidBy(
  world: EngineWorld,
  work: () => Promise<unknown>,
): Promise<readonly string[]> {
  const { length } = await world.events();
  await work();
  return (await world.events()).slice(length).map(({ type, subject, data }) => {
    const facts = [data['state'], data['code'], data['phase']];
    const name = subject.entity ?? subject.name;
    return [type, name, ...facts.filter((fact) => typeof fact === 'string')].join(' ');
  });
}

describe('what is announced', () => {
  it('of an installation, from the wish to its end', async () => {
    const world = await EngineWorld.build();
    expect(await saidBy(world, () => world.connect())).toEqual(['spoke.connected dev']);
    expect(await saidBy(world, () => world.report({}))).toEqual(['spoke.reported dev']);
    expect(await saidBy(world, () => world.entity())).toEqual(['entity.created aria-dev']);
    expect(await saidBy(world, () => world.settle())).toEqual([
      'plan.proposed aria-dev PENDING',
      'entity.evaluated aria-dev planned',
      'plan.dispatched aria-dev EXECUTING dispatched',
    ]);
    const { id } = await world.lastPlan();
    expect(await saidBy(world, () => world.progress(id, 'helm'))).toEqual([
      'plan.phase aria-dev EXECUTING helm',
    ]);
    const end = { version: '1.0.0', revision: 1 };
    expect(await saidBy(world, () => world.result(id, SUCCEEDED, end))).toEqual([
      'entity.reported aria-dev',
      'plan.ended aria-dev SUCCEEDED',
    ]);
    expect(await saidBy(world, () => world.settle())).toEqual([
      'entity.evaluated aria-dev up_to_date',
    ]);
    expect(await saidBy(world, () => world.settle())).toEqual([]);
  });

  it('of a plan that is held and let go', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    await world.entity();
    await closeSession(world.context, world.session);
    expect(await saidBy(world, () => world.settle())).toEqual([
      'plan.proposed aria-dev BLOCKED',
      'entity.evaluated aria-dev planned',
    ]);
    await world.connect();
    await world.report({});
    expect(await saidBy(world, () => world.settle())).toEqual([
      'plan.unblocked aria-dev PENDING',
      'plan.dispatched aria-dev EXECUTING dispatched',
    ]);
  });

  it('has what tells one from another, and a few facts', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.report({ 'aria-dev': { version: '1.0.0', revision: 3, health: 'Degraded' } });
    await world.entity({ version: '1.1.0' }, { greeting: 'hunter2' });
    await world.settle();
    const { id } = await world.lastPlan();
    await world.result(id, failed('unhealthy'), { version: '1.1.0', revision: 4 });
    const events = await world.events();

    const aria = { entity: 'aria-dev', environment: 'dev', product: 'aria' };
    expect(events.filter(({ type }) => type === 'plan.ended')).toEqual([
      {
        id: expect.any(String),
        at: '2026-01-05T09:00:00.000Z',
        type: 'plan.ended',
        subject: { kind: 'plan', name: id, ...aria },
        data: {
          type: 'upgrade',
          state: 'FAILED',
          version: '1.1.0',
          outcome: 'unhealthy',
          message: 'pod aria-1 is in CrashLoopBackOff',
        },
      },
    ]);
    expect(events.find(({ type }) => type === 'entity.created')).toMatchObject({
      subject: { kind: 'entity', name: 'aria-dev', ...aria },
      data: { desired: { version: '1.1.0' }, spoke: 'dev' },
    });
    expect(events.findLast(({ type }) => type === 'entity.reported')).toMatchObject({
      subject: { kind: 'entity', name: 'aria-dev' },
      data: {
        release: {
          version: '1.1.0',
          revision: 4,
          helmStatus: 'deployed',
          health: 'Healthy',
          drifted: false,
        },
      },
    });
    expect(events.find(({ type }) => type === 'spoke.registered')).toMatchObject({
      subject: { kind: 'spoke', name: 'dev', environment: 'dev' },
      data: { connected: false, revoked: false, accepted: false },
    });
    const said = JSON.stringify(events);
    expect(said).not.toContain('hunter2');
    expect(said).not.toContain('secret');
  });

  it('of a release that is gone', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.entity();
    await world.report({ 'aria-dev': { version: '1.0.0', revision: 1 } });
    expect(await saidBy(world, () => world.report({}))).toEqual([
      'entity.reported aria-dev',
      'spoke.reported dev',
    ]);
    expect((await world.events()).at(-2)?.data).toEqual({ release: null });
  });

  it('of a spoke that is heard again: nothing', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    expect(await saidBy(world, () => world.goTo('2026-01-05T09:00:30.000Z'))).toEqual([]);
  });

  it('of a spoke that goes, comes back, comes back unnoticed, joins again and is revoked', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    const { context } = world;
    expect(await saidBy(world, () => closeSession(context, world.session))).toEqual([
      'spoke.disconnected dev',
    ]);
    expect(await saidBy(world, () => world.connect())).toEqual(['spoke.connected dev']);
    expect(await saidBy(world, () => world.connect())).toEqual(['spoke.connected dev']);
    world.clock.advance(1000);
    const again = { spoke: 'dev', environment: 'dev', clusterUid: 'cluster-2' };
    expect(await saidBy(world, () => joinedSpoke(context, again))).toEqual([
      'spoke.joined dev',
      'spoke.accepted dev',
      'spoke.disconnected dev',
    ]);
    const revocation = { name: 'dev', reason: 'its key was copied' };
    expect(await saidBy(world, () => revokeSpoke(context, PERSON, revocation))).toEqual([
      'spoke.revoked dev',
    ]);
  });

  it('is nothing where nothing was kept', async () => {
    const store = new InMemoryStore();
    const world = await EngineWorld.build({}, store);
    const work = world.context.store.transact(async (unit) => {
      await unit.entities.insert(anEntity());
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    const refused = (): Promise<unknown> =>
      world.context.store.transact(async (unit) => {
        await unit.plans.save(aPlan({ id: 'none' }));
        await unit.plans.insert(aPlan());
        await unit.plans.insert(aPlan({ id: 'second' }));
        await unit.plans.save(aPlan({ version: 7 }));
      });
    expect(await saidBy(world, refused)).toEqual(['plan.proposed test-service-dev PENDING']);
  });

  it('cuts long messages, and leaves the plan as it was', async () => {
    const world = await EngineWorld.build();
    const message = 'x'.repeat(10_000);
    await world.context.store.transact(async (unit) => {
      await unit.plans.insert(aPlan());
      await unit.plans.save(aPlan({ state: 'CANCELLED', message }));
    });
    const last = (await world.events()).at(-1);
    expect(last).toMatchObject({ type: 'plan.ended', data: { message: 'x'.repeat(500) } });
    const plan = await world.context.store.transact((unit) => unit.plans.get('plan-1'));
    expect(plan?.message).toBe(message);
  });
});
