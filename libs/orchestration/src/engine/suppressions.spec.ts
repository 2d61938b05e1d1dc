import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AutomaticSuppression } from '@apollo-deploy/domain';
import { EngineWorld, failed, must, PERSON, SUCCEEDED } from '../testing/engine-world.js';

const ENTITY = 'aria-dev';

async function suppressionOf(
  world: EngineWorld,
  entity = ENTITY,
): Promise<AutomaticSuppression | undefined> {
  const found = await world.context.store.transact((unit) =>
    unit.suppressions.ofEntities([entity]),
  );
  return found[0];
}

async function audited(world: EngineWorld, action: string): Promise<readonly object[]> {
  const page = await world.context.store.transact((unit) => unit.audit.list({}, { limit: 200 }));
  return page.items.filter((entry) => entry.action === action).map(({ detail }) => detail);
}

/** Time goes on to an instant, and what is due by then is evaluated. */
async function passesUntil(world: EngineWorld, instant: string): Promise<void> {
  await world.goTo(instant);
  await world.engine.markDue();
  await world.settle();
}

/** The last plan fails. */
async function fails(world: EngineWorld, outcome: 'refused' | 'broken' = 'refused'): Promise<void> {
  await world.result((await world.lastPlan()).id, failed(outcome));
  await world.settle();
}

describe('an entity whose plan failed', () => {
  let world: EngineWorld;
  beforeEach(async () => {
    world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
    await fails(world);
  });

  it('is tried again exactly when its time is over, and not before', async () => {
    await passesUntil(world, '2026-01-05T09:29:59.999Z');
    expect(await world.lastPlan()).toMatchObject({ state: 'BLOCKED', attempt: 2 });
    const { id } = await world.lastPlan();
    await passesUntil(world, '2026-01-05T09:30:00.000Z');
    expect(await world.lastPlan()).toMatchObject({ id, state: 'EXECUTING', attempt: 2 });
  });

  it('does not loop over ten more evaluations', async () => {
    for (let look = 0; look < 10; look += 1) await world.engine.evaluateAll();
    expect((await world.plans()).map(({ state }) => state)).toEqual(['FAILED', 'BLOCKED']);
  });

  it('waits twice as long after each failure, up to a day', async () => {
    const ends: string[] = [];
    for (let time = 0; time < 8; time += 1) {
      const { until = '' } = (await suppressionOf(world)) ?? {};
      ends.push(until);
      await passesUntil(world, until);
      await fails(world);
    }
    expect(ends).toEqual([
      '2026-01-05T09:30:00.000Z',
      '2026-01-05T10:30:00.000Z',
      '2026-01-05T12:30:00.000Z',
      '2026-01-05T16:30:00.000Z',
      '2026-01-06T00:30:00.000Z',
      '2026-01-06T16:30:00.000Z',
      '2026-01-07T16:30:00.000Z',
      '2026-01-08T16:30:00.000Z',
    ]);
    expect(await suppressionOf(world)).toMatchObject({ failures: 9 });
  });

  it('says until when and why, in its status and in explain', async () => {
    const { id } = await world.lastPlan();
    const explained = must(await world.engine.explain(id));
    expect(explained).toMatchObject({
      earliestAt: '2026-01-05T09:30:00.000Z',
      unmet: [{ code: 'automatic_suppression', recheckAt: '2026-01-05T09:30:00.000Z' }],
    });
    expect(await world.view()).toMatchObject({
      status: 'suppressed',
      suppression: { failures: 1, until: '2026-01-05T09:30:00.000Z' },
    });
  });

  it('is free as soon as another plan succeeds', async () => {
    must(await world.engine.evaluate(PERSON, ENTITY, { force: true }));
    await world.result((await world.lastPlan()).id, SUCCEEDED, { version: '1.0.0', revision: 1 });
    await world.settle();
    expect(await suppressionOf(world)).toBeUndefined();
    expect(await world.view()).not.toHaveProperty('suppression');
  });

  it('is free after a success when the next failure comes: it counts anew', async () => {
    await passesUntil(world, '2026-01-05T09:30:00.000Z');
    await world.result((await world.lastPlan()).id, SUCCEEDED, { version: '1.0.0', revision: 1 });
    expect(await audited(world, 'suppression.end')).toMatchObject([
      { why: expect.stringContaining('succeeded') },
    ]);
    await world.release('1.1.0');
    await world.settle();
    await fails(world);
    expect(await suppressionOf(world)).toMatchObject({
      failures: 1,
      until: '2026-01-05T10:00:00.000Z',
    });
  });

  it.each([
    { name: 'another version is wanted', change: (it: EngineWorld) => it.release('1.1.0') },
    {
      name: 'other values are wanted',
      change: (it: EngineWorld) => it.entity({ channel: 'dev' }, { replicas: 2 }),
    },
  ])('is free at once when $name', async ({ change }) => {
    await change(world);
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ state: 'EXECUTING', attempt: 1 });
    expect(await suppressionOf(world)).toBeUndefined();
    expect(await audited(world, 'suppression.end')).toMatchObject([
      { why: 'another content is wanted' },
    ]);
  });

  it('is free at once when a person asks for another try', async () => {
    must(await world.engine.evaluate(PERSON, ENTITY, { force: true }));
    expect(await world.lastPlan()).toMatchObject({ state: 'EXECUTING', attempt: 2 });
    expect(await audited(world, 'suppression.end')).toMatchObject([
      { why: 'a person asked for another try' },
    ]);
  });

  it('is left alone by a second replica too: it is in the store', async () => {
    const other = new EngineWorld(world.context.store);
    await other.engine.evaluateAll();
    expect((await world.plans()).map(({ state }) => state)).toEqual(['FAILED', 'BLOCKED']);
  });
});

describe('a plan that was cut off by the death of its spoke', () => {
  it('is tried again at once, and suppresses only when it happens again', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
    await world.result((await world.lastPlan()).id, failed('broken', true));
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ state: 'EXECUTING', attempt: 2 });
    expect(await suppressionOf(world)).toBeUndefined();
    await world.result((await world.lastPlan()).id, failed('broken', true));
    await world.settle();
    expect(await suppressionOf(world)).toMatchObject({ failures: 1 });
  });
});

describe('an environment of ten entities', () => {
  const NAMES = Array.from({ length: 10 }, (_, index) => `aria-${String(index)}`);
  let world: EngineWorld;
  beforeEach(async () => {
    world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    for (const name of NAMES) await world.entity({ channel: 'dev' }, {}, name);
    await world.settle();
  });

  /** So many entities fail, one a minute, from the first on. */
  async function failing(count: number): Promise<void> {
    const plans = await world.plans();
    for (const name of NAMES.slice(0, count)) {
      const plan = plans.find(({ entity }) => entity === name);
      await world.result(plan?.id ?? '', failed('refused'));
      await world.goTo(new Date(world.clock.now().getTime() + 60_000).toISOString());
    }
    await world.settle();
  }

  /** Something else is wanted of an entity that has not failed. */
  async function wants(name: string): Promise<void> {
    const open = (await world.plans()).find(({ entity }) => entity === name);
    await world.result(open?.id ?? '', SUCCEEDED, { version: '1.0.0', revision: 1 });
    await world.entity({ channel: 'dev' }, { replicas: 2 }, name);
    await world.settle();
  }

  it('goes on at exactly five that failed', async () => {
    await failing(5);
    await wants('aria-9');
    expect(await world.lastPlan()).toMatchObject({ entity: 'aria-9', state: 'EXECUTING' });
  });

  it('stops when six have failed, and says so to all that wait', async () => {
    await failing(6);
    await wants('aria-9');
    const plan = await world.lastPlan();
    expect(plan).toMatchObject({
      entity: 'aria-9',
      state: 'BLOCKED',
      violations: [
        {
          code: 'environment_breaker',
          data: { environment: 'dev', suppressed: 6, entities: 10, threshold: 5 },
        },
      ],
      recheckAt: '2026-01-05T09:30:00.000Z',
    });
    expect(await world.view('aria-9')).toMatchObject({ status: 'suppressed' });
    expect(await audited(world, 'breaker.open')).toEqual([{ suppressed: 6, threshold: 5 }]);
  });

  it('takes offers back that no spoke has claimed when it stops', async () => {
    const claimed = (await world.plans()).find(({ entity }) => entity === 'aria-8');
    await world.progress(claimed?.id ?? '', 'claimed');
    await failing(6);
    const cancelled = (await world.outbox()).filter(({ type }) => type === 'plan.cancel');
    const entities = await Promise.all(
      cancelled.map(async ({ planId }) => (await world.planOf(planId)).entity),
    );
    expect(entities.sort()).toEqual(['aria-6', 'aria-7', 'aria-9']);
  });

  it('goes on by itself when time brings the count down', async () => {
    await failing(6);
    await wants('aria-9');
    const { id } = await world.lastPlan();
    await passesUntil(world, '2026-01-05T09:29:59.999Z');
    expect(await world.planOf(id)).toMatchObject({ state: 'BLOCKED' });
    await passesUntil(world, '2026-01-05T09:30:00.000Z');
    expect(await world.planOf(id)).toMatchObject({ state: 'EXECUTING' });
  });

  it('goes on when another version is wanted of one that failed', async () => {
    await failing(6);
    await wants('aria-9');
    const { id } = await world.lastPlan();
    await world.entity({ version: '1.1.0' }, {}, 'aria-0');
    await world.settle();
    expect(await world.planOf(id)).toMatchObject({ state: 'EXECUTING' });
  });
});
