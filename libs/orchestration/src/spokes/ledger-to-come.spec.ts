import { describe, expect, it } from '@jest/globals';
import { EngineWorld, HELLO, must } from '../testing/engine-world.js';
import { learnOfPlans } from './learn-of-plans.js';
import type { ToldPlan } from './told-plan.js';

const TELLS = { capabilities: [...HELLO.capabilities, 'tell_ledger'] };

/** The spoke has come back and said what runs; what is desired is newer. */
async function back({ tells = true }: { readonly tells?: boolean } = {}) {
  const world = await EngineWorld.build();
  await world.connect(tells ? TELLS : {});
  await world.report({ 'aria-dev': { version: '1.0.0', revision: 1 } });
  await world.release('1.1.0');
  await world.entity();
  await world.settle();
  const tell = async (...told: readonly ToldPlan[]) => {
    must(await learnOfPlans(world.context, world.session, told));
    await world.settle();
  };
  return { world, tell };
}

describe('a spoke that has yet to tell what its ledger holds', () => {
  it('is sent no plan, which says so, and gets it once the ledger was heard', async () => {
    const { world, tell } = await back();
    const { id } = await world.lastPlan();
    expect(must(await world.engine.explain(id)).unmet).toMatchObject([
      {
        code: 'spoke_ready',
        message: expect.stringContaining('spoke dev has connected and not yet told its ledger'),
        data: { spoke: 'dev', ledger: 'to_come' },
      },
    ]);
    expect(await world.outbox()).toEqual([]);

    await tell();
    expect(await world.planOf(id)).toMatchObject({ state: 'EXECUTING' });
  });

  it('is not sent what failed after the backup that the hub was restored from', async () => {
    const { world, tell } = await back();
    const { id, contentKey } = await world.lastPlan();
    await tell({
      ...{ planId: 'lost-1', namespace: 'aria', releaseName: 'aria-dev' },
      ...{ verdict: 'failed', at: '2026-01-05T08:01:00.000Z', contentKey },
    });
    expect(await world.planOf(id)).toMatchObject({ state: 'CANCELLED' });
    expect(await world.plans()).toHaveLength(1);
    expect(await world.outbox()).toEqual([]);
  });

  it('is not sent what failed where the plan was made while the ledger was heard', async () => {
    const { world, tell } = await back();
    const { id, contentKey, entity } = await world.lastPlan();
    // As by an evaluation that began before the ledger was heard, and ended after it.
    await world.context.store.transact((unit) =>
      unit.declines.put({
        ...{ entity, contentKey, planId: 'lost-1', by: 'spoke dev' },
        ...{ at: '2026-01-05T08:01:00.000Z', why: 'failed', failures: 1, standing: true },
      }),
    );
    await tell();
    expect(await world.planOf(id)).toMatchObject({ state: 'CANCELLED' });
    expect(await world.outbox()).toEqual([]);
  });

  it('has to tell it anew in each session', async () => {
    const { world, tell } = await back();
    await tell();
    await world.connect(TELLS);
    await world.report({ 'aria-dev': { version: '1.0.0', revision: 1 } });
    await world.entity({ channel: 'dev' }, {}, 'aria-two');
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ entity: 'aria-two', state: 'BLOCKED' });
    await tell();
    expect(await world.lastPlan()).toMatchObject({ entity: 'aria-two', state: 'EXECUTING' });
  });

  it('has nothing looked at again where no plan waits for it', async () => {
    const { world, tell } = await back();
    await tell();
    const { context, session } = world;
    must(await learnOfPlans(context, session, []));
    expect(await world.engine.drainOnce()).toBe(0);
    await world.connect(TELLS);
    await world.report({ 'aria-dev': { version: '1.0.0', revision: 1 } });
    await world.settle();
    must(await learnOfPlans(context, world.session, []));
    expect(await world.engine.drainOnce()).toBe(0);
  });

  it('is not waited for where its version never tells', async () => {
    const { world } = await back({ tells: false });
    expect(await world.lastPlan()).toMatchObject({ state: 'EXECUTING' });
  });
});
