import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryStore } from '../ports/in-memory/in-memory-store.js';
import { VirtualClock } from '../ports/clock.js';
import { CountingIds } from '../ports/ids.js';
import { anEnvironment, aProduct, aRelease } from '../testing/records/catalog-records.js';
import { anEntity, aSpoke } from '../testing/records/fleet-records.js';
import { anEvaluation, aPlan } from '../testing/records/plan-records.js';
import type { Context } from '../context.js';
import { CountingStore } from '../testing/counting-store.js';
import { Sweep } from './sweep.js';

const MINUTE_MS = 60_000;
const TTL_MS = 7 * MINUTE_MS;

/** Two spokes with an entity and a blocked plan each; `web` on the second depends on `database`. */
async function fleet(): Promise<InMemoryStore> {
  const store = new InMemoryStore();
  await store.transact(async (unit) => {
    await unit.environments.insert(anEnvironment());
    for (const [product, spoke] of [
      ['database', 'spoke-a'],
      ['web', 'spoke-b'],
      ['other', 'spoke-b'],
    ] as const) {
      await unit.products.insert(aProduct({ name: product }));
      const needs = [{ product: 'database', range: '^1', optional: false }];
      const dependencies = product === 'web' ? needs : [];
      await unit.releases.insert(aRelease({ product, dependencies }));
      await unit.entities.insert(anEntity({ name: product, product, spoke, releaseName: product }));
      await unit.evaluations.put([anEvaluation({ entity: product })]);
      await unit.plans.insert(aPlan({ id: product, entity: product, spoke, state: 'BLOCKED' }));
    }
    for (const name of ['spoke-a', 'spoke-b']) {
      await unit.spokes.insert(aSpoke({ name, connected: true }));
    }
  });
  return store;
}

describe('a sweep', () => {
  let store: InMemoryStore;
  let clock: VirtualClock;
  let context: Context;
  beforeEach(async () => {
    store = await fleet();
    clock = new VirtualClock(new Date('2026-03-02T12:00:00.000Z'));
    context = { store, clock, ids: new CountingIds(), startedAt: new Date(0) };
    await heard('spoke-a', 'spoke-b');
  });

  const heard = (...spokes: readonly string[]) =>
    store.transact((unit) =>
      unit.spokes.seen(new Map(spokes.map((name) => [name, clock.now().toISOString()]))),
    );
  const marked = async () =>
    (await store.transact((unit) => unit.dirty.take(100))).map(({ entity }) => entity).sort();
  /** The second spoke stays, the first is not heard of any more. */
  const pass = async (ms: number) => {
    clock.advance(ms);
    await heard('spoke-b');
  };

  it('of a quiet fleet marks nothing', async () => {
    const sweep = new Sweep(context, TTL_MS);
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await sweep.run()).toEqual({ silent: [], unevaluated: 0 });
      clock.advance(5 * MINUTE_MS);
      await heard('spoke-a', 'spoke-b');
    }
    expect(await marked()).toEqual([]);
  });

  it('marks plans around a spoke that fell silent, dependents elsewhere included, nobody else', async () => {
    const sweep = new Sweep(context, TTL_MS);
    await sweep.run();
    await pass(45_000);
    expect(await sweep.run()).toEqual({ silent: ['spoke-a'], unevaluated: 0 });
    expect(await marked()).toEqual(['database', 'web']);
  });

  it.each([
    { name: 'before it is stale', afterMs: 44_999, silent: [] },
    { name: 'as soon as it is stale', afterMs: 45_000, silent: ['spoke-a'] },
  ])('counts a spoke as silent $name: $silent', async ({ afterMs, silent }) => {
    const sweep = new Sweep(context, TTL_MS);
    await sweep.run();
    await pass(afterMs);
    expect((await sweep.run())?.silent).toEqual(silent);
  });

  it('marks once each time that a silence is judged worse: stale, disconnected, lost', async () => {
    const sweep = new Sweep(context, TTL_MS);
    await sweep.run();
    const marks: string[] = [];
    for (let seconds = 15; seconds <= 20 * 60; seconds += 15) {
      await pass(15_000);
      if ((await sweep.run())?.silent.length !== 0) marks.push(`${String(seconds)} s`);
    }
    expect(marks).toEqual(['45 s', '120 s', '900 s']);
  });

  it('asks as much when a whole site falls silent as when one spoke does', async () => {
    await store.transact(async (unit) => {
      for (let index = 0; index < 40; index += 1) {
        const name = `site-${String(index)}`;
        await unit.spokes.insert(aSpoke({ name, connected: true }));
        await unit.entities.insert(anEntity({ name, spoke: name, product: 'other' }));
        await unit.evaluations.put([anEvaluation({ entity: name })]);
        await unit.plans.insert(aPlan({ id: name, entity: name, spoke: name, state: 'BLOCKED' }));
      }
    });
    const site = Array.from({ length: 40 }, (_, index) => `site-${String(index)}`);
    await heard(...site);
    const counted = new CountingStore(store);
    const sweep = new Sweep({ ...context, store: counted }, TTL_MS);
    await sweep.run();
    await pass(45_000);
    await heard(...site);
    const one = await counted.during(() => sweep.watch());
    await pass(45_000);
    const all = await counted.during(async () => {
      expect(await sweep.watch()).toHaveLength(40);
    });
    expect(all.calls).toBeLessThanOrEqual(one.calls);
    expect(await marked()).toEqual(['database', ...site, 'web'].sort());
  });

  it('is not needed to see who fell silent: a look in between does, once', async () => {
    const sweep = new Sweep(context, TTL_MS);
    await sweep.run();
    await pass(45_000);
    expect(await sweep.watch()).toEqual(['spoke-a']);
    expect(await marked()).toEqual(['database', 'web']);
    expect(await sweep.watch()).toEqual([]);
    expect((await sweep.run())?.silent).toEqual([]);
  });

  it('leaves that look to the replica which sweeps, also when it has just lost that', async () => {
    const [first, second] = [new Sweep(context, TTL_MS), new Sweep(context, TTL_MS)];
    await first.run();
    await second.run();
    await pass(45_000);
    expect(await second.watch()).toEqual([]);
    await pass(TTL_MS);
    expect((await second.run())?.silent).toEqual(['spoke-a']);
    expect(await first.watch()).toEqual([]);
    expect(await second.watch()).toEqual([]);
  });

  it('looks at every silent spoke again once this hub may judge that it is gone', async () => {
    context = { ...context, startedAt: clock.now() };
    await pass(20 * MINUTE_MS);
    context = { ...context, startedAt: clock.now() };
    const sweep = new Sweep(context, TTL_MS);
    const silent = [];
    for (const seconds of [0, 60, 240, 300]) {
      await pass(seconds * 1000);
      silent.push((await sweep.run())?.silent);
    }
    expect(silent).toEqual([['spoke-a'], ['spoke-a'], ['spoke-a'], []]);
  });

  it('marks entities that were never evaluated, however many, and once', async () => {
    await store.transact(async (unit) => {
      for (let index = 0; index < 450; index += 1) {
        const name = `new-${String(index)}`;
        await unit.entities.insert(anEntity({ name, releaseName: name }));
      }
    });
    const sweep = new Sweep(context, TTL_MS);
    expect(await sweep.run()).toEqual({ silent: [], unevaluated: 450 });
    expect(await sweep.run()).toEqual({ silent: [], unevaluated: 0 });
  });

  it('is done by one of two replicas; the other takes over when the first has gone', async () => {
    const first = new Sweep(context, TTL_MS);
    const second = new Sweep(context, TTL_MS);
    expect(await first.run()).toBeDefined();
    clock.advance(TTL_MS - 1);
    expect(await second.run()).toBeUndefined();
    clock.advance(1);
    expect(await second.run()).toBeDefined();
    expect(await first.run()).toBeUndefined();
  });

  it('is taken over at once from a replica that stops in good order', async () => {
    const first = new Sweep(context, TTL_MS);
    await first.run();
    await first.giveUp();
    expect(await new Sweep(context, TTL_MS).run()).toBeDefined();
  });

  it('goes on when the clock is turned back by an hour, on whichever replica', async () => {
    const first = new Sweep(context, TTL_MS);
    await first.run();
    clock.advance(-60 * MINUTE_MS);
    expect(await first.run()).toBeDefined();
    clock.advance(-60 * MINUTE_MS);
    expect(await new Sweep(context, TTL_MS).run()).toBeDefined();
  });
});
