import { describe, expect, it } from '@jest/globals';
import { putEntity } from '../catalog/put-entity.js';
import { InMemoryStore } from '../ports/in-memory/in-memory-store.js';
import { aPlan } from '../testing/records/plan-records.js';
import { CountingStore } from '../testing/counting-store.js';
import { EngineWorld, must, PERSON } from '../testing/engine-world.js';
import { admitted, joinedSpoke } from '../testing/joined-spoke.js';
import { closeSession, openSession } from '../spokes/spoke-session.js';
import { recordFullState } from '../spokes/record-state.js';

const MINUTE_MS = 60_000;
const FREEZE = {
  kind: 'suppression_window',
  spec: { start: '2026-01-05T09:00:00Z', end: '2026-01-05T10:00:00Z', reason: 'audit' },
};

/** An entity whose plan a freeze holds until 10:00. */
async function frozen(): Promise<EngineWorld> {
  const world = await EngineWorld.build();
  await world.constraint(FREEZE);
  await world.connect();
  await world.report({});
  await world.entity();
  await world.settle();
  return world;
}

/** Drains what is due, and answers how many evaluations that took. */
async function drainDue(world: EngineWorld): Promise<number> {
  await world.engine.markDue();
  let evaluated = 0;
  for (;;) {
    const batch = await world.engine.drainOnce();
    if (batch === 0) return evaluated;
    evaluated += batch;
  }
}

describe('a clock that ran ahead and was set back', () => {
  it('leaves no plan held by a freeze that has not begun', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    const spec = { start: '2026-01-19T00:00:00Z', end: '2026-01-25T00:00:00Z', reason: 'audit' };
    await world.constraint({ kind: 'suppression_window', spec });
    await world.goTo('2026-01-20T09:00:00.000Z');
    await world.entity();
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ state: 'BLOCKED' });
    await world.goTo('2026-01-05T09:05:00.000Z');
    await world.engine.markTimed();
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ state: 'EXECUTING' });
  });
});

describe('a plan that waits for a person', () => {
  it('is BLOCKED when a freeze begins, without any event', async () => {
    const world = await EngineWorld.build({ execution: 'manual' });
    await world.connect();
    await world.report({});
    await world.constraint({
      name: 'freeze',
      kind: 'suppression_window',
      spec: { start: '2026-01-05T10:00:00Z', end: '2026-01-05T12:00:00Z', reason: 'Stocktaking' },
    });
    await world.entity();
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      state: 'PENDING',
      recheckAt: '2026-01-05T10:00:00.000Z',
    });
    await world.goTo('2026-01-05T10:00:00.000Z');
    await drainDue(world);
    expect(await world.lastPlan()).toMatchObject({
      state: 'BLOCKED',
      violations: [{ code: 'suppression_window' }],
      recheckAt: '2026-01-05T12:00:00.000Z',
    });
  });
});

describe('a plan that is due', () => {
  it('whose evaluation meets a bug is looked at every five minutes, not every time', async () => {
    const world = await frozen();
    await world.context.store.transact(async (unit) => {
      const entity = await unit.entities.get('aria-dev');
      if (entity !== undefined) await unit.entities.save({ ...entity, desired: { range: '>>1' } });
    });
    await world.goTo('2026-01-05T10:00:00.000Z');
    for (let look = 0; look < 5; look += 1) await drainDue(world);
    expect(world.bugs).toEqual(['aria-dev']);
    expect((await world.lastPlan()).recheckAt).toBe('2026-01-05T10:05:00.000Z');
    world.clock.advance(5 * MINUTE_MS);
    for (let look = 0; look < 5; look += 1) await drainDue(world);
    expect(world.bugs).toEqual(['aria-dev', 'aria-dev']);
  });

  it('costs one evaluation, and none when its instant has not come', async () => {
    const world = await frozen();
    await world.goTo('2026-01-05T09:59:59.999Z');
    // The spoke was not heard for long, which is an event of its own.
    await world.settle();
    expect(await drainDue(world)).toBe(0);
    await world.goTo('2026-01-05T10:00:00.000Z');
    expect(await drainDue(world)).toBe(1);
    expect(await drainDue(world)).toBe(0);
    expect(await world.lastPlan()).toMatchObject({ state: 'EXECUTING' });
  });

  it('makes its scheduler know when the next one is', async () => {
    const world = await frozen();
    expect(await world.engine.markDue()).toEqual(new Date('2026-01-05T10:00:00.000Z'));
    await world.goTo('2026-01-05T10:00:00.000Z');
    expect(await world.engine.markDue()).toBeUndefined();
  });
});

describe('a recovery', () => {
  const pendingOf = (count: number, environment: string) =>
    Array.from({ length: count }, (_, index) => {
      const entity = `${environment}-${String(1000 + index)}`;
      return aPlan({ id: entity, entity, environment, state: 'PENDING' });
    });

  it.each([
    { name: 'where plans go by themselves', everything: false, expected: ['auto'] },
    { name: 'everywhere, at a start', everything: true, expected: ['auto', 'hand'] },
  ])('marks what is PENDING $name, in pages', async ({ everything, expected }) => {
    const store = new CountingStore(new InMemoryStore());
    const world = await EngineWorld.build({ name: 'auto' }, store);
    await store.transact(async (unit) => {
      const auto = await unit.environments.get('auto');
      if (auto === undefined) throw new Error('no environment');
      await unit.environments.insert({ ...auto, name: 'hand', execution: 'manual' });
      for (const plan of [...pendingOf(450, 'auto'), ...pendingOf(450, 'hand')]) {
        await unit.plans.insert(plan);
      }
    });
    await world.engine.recover({ everything });
    const marks = await store.transact((unit) => unit.dirty.take(2000));
    const environments = new Set(marks.map(({ entity }) => entity.split('-')[0]));
    expect([...environments]).toEqual(expected);
    expect(marks).toHaveLength(450 * expected.length);
  });
});

describe('a recovery beside a version that knew no line', () => {
  const limit = { code: 'concurrency', message: '1 of 1 plans already execute', data: {} };
  const shut = { code: 'maintenance_window', message: 'no window is open', data: {} };
  const PLANS = [
    { entity: 'left-out', change: { violations: [limit] } },
    { entity: 'in-line', change: { violations: [limit], inLineSince: '2026-01-05T08:00:00.000Z' } },
    { entity: 'also-shut', change: { violations: [limit, shut] } },
    { entity: 'shut', change: { violations: [shut] } },
  ];
  it.each([
    { name: 'at a start', everything: true, expected: ['left-out'] },
    { name: 'now and then', everything: false, expected: [] },
  ])('$name marks whom it left out of the line: $expected', async ({ everything, expected }) => {
    const world = await EngineWorld.build();
    await world.context.store.transact(async (unit) => {
      for (const { entity, change } of PLANS) {
        await unit.plans.insert(aPlan({ id: entity, entity, state: 'BLOCKED', ...change }));
      }
    });
    await world.engine.recover({ everything });
    const marks = await world.context.store.transact((unit) => unit.dirty.take(10));
    expect(marks.map(({ entity }) => entity)).toEqual(expected);
  });
});

describe('a recovery now and then', () => {
  it.each([
    { name: 'a repair', change: { planClass: 'repair' }, found: true },
    { name: 'a rollback', change: { type: 'rollback', planClass: 'roll_off' }, found: true },
    { name: 'what waits for a person', change: {}, found: false },
  ] as const)('where people start plans looks at $name: $found', async ({ change, found }) => {
    const world = await EngineWorld.build({ execution: 'manual' });
    const left = aPlan({ entity: 'aria-dev', environment: 'dev', state: 'PENDING', ...change });
    await world.context.store.transact((unit) => unit.plans.insert(left));
    await world.engine.recover({ everything: false });
    const marks = await world.context.store.transact((unit) => unit.dirty.take(10));
    expect(marks.map(({ entity }) => entity)).toEqual(found ? ['aria-dev'] : []);
  });
});

describe('a spoke that goes and comes back', () => {
  it('has plans looked at again that wait for what runs there, also on other spokes', async () => {
    const world = await EngineWorld.build();
    const { context } = world;
    await world.product('web', {
      '1.0.0': [{ product: 'aria', range: '^1', optional: false }],
    });
    await world.release('1.0.0', 'web');
    await joinedSpoke(context, { spoke: 'two', environment: 'dev', clusterUid: 'cluster-2' });
    await world.connect();
    await world.report({ 'aria-dev': { version: '1.0.0', revision: 1 } });
    await world.entity();
    const hello = (await context.store.transact((unit) => unit.spokes.get('dev')))?.hello;
    if (hello === undefined) throw new Error('no hello');
    const second = must(
      await openSession(context, admitted('two'), { ...hello, clusterUid: 'cluster-2' }),
    );
    must(await recordFullState(context, second, { generation: 1, releases: [] }));
    await world.settle();

    await closeSession(context, world.session);
    await world.settle();
    must(
      await putEntity(context, PERSON, {
        ...{ name: 'web-two', spoke: 'two', product: 'web', releaseName: 'web' },
        ...{ namespace: 'aria', desired: { channel: 'dev' }, values: {} },
      }),
    );
    await world.settle();
    const held = await world.lastPlan();
    expect(held).toMatchObject({ entity: 'web-two', state: 'BLOCKED' });
    expect(held.violations.map(({ code }) => code)).toEqual(['dependency_unhealthy']);

    await world.connect();
    await world.report({ 'aria-dev': { version: '1.0.0', revision: 1 } });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ id: held.id, state: 'EXECUTING' });
  });
});
