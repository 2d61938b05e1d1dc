import { describe, expect, it } from '@jest/globals';
import type { Context } from '../context.js';
import { OrchestrationEngine } from '../engine/orchestration-engine.js';
import { VirtualClock } from '../ports/clock.js';
import { CountingIds } from '../ports/ids.js';
import { InMemoryStore } from '../ports/in-memory/in-memory-store.js';
import { CountingStore } from '../testing/counting-store.js';
import {
  aChannelEntry,
  anEnvironment,
  aProduct,
  aRelease,
} from '../testing/records/catalog-records.js';
import { anEntity, aSpoke } from '../testing/records/fleet-records.js';
import { anEvaluation } from '../testing/records/plan-records.js';
import { recordReleaseState } from '../spokes/record-state.js';
import { Sweep } from './sweep.js';

/** Entities of one spoke and environment. */
const PER_SPOKE = 100;
const NOW = new Date('2026-03-02T12:00:00.000Z');

/**
 * A fleet of so many entities that were all evaluated, each of a product of its own. In each spoke the
 * products form a chain: each needs the one before it.
 */
async function fleetOf(size: number): Promise<{ store: CountingStore; context: Context }> {
  const store = new CountingStore(new InMemoryStore());
  for (let spoke = 0; spoke < size / PER_SPOKE; spoke += 1) {
    await store.transact(async (unit) => {
      const place = `place-${String(spoke)}`;
      const lastSeenAt = NOW.toISOString();
      await unit.environments.insert(anEnvironment({ name: place }));
      await unit.spokes.insert(
        aSpoke({ name: place, environment: place, connected: true, lastSeenAt }),
      );
      for (let index = 0; index < PER_SPOKE; index += 1) {
        const product = nameOf(spoke, index);
        const needed = { product: nameOf(spoke, index - 1), range: '^1', optional: false };
        await unit.products.insert(aProduct({ name: product }));
        await unit.releases.insert(
          aRelease({ product, dependencies: index === 0 ? [] : [needed] }),
        );
        await unit.channels.add(aChannelEntry({ product, version: '1.0.0' }));
        await unit.entities.insert(
          anEntity({
            ...{ name: product, product, spoke: place, environment: place },
            ...{ releaseName: product, desired: { channel: 'dev' } },
          }),
        );
        await unit.evaluations.put([anEvaluation({ entity: product })]);
      }
    });
  }
  const clock = new VirtualClock(NOW);
  return { store, context: { store, clock, ids: new CountingIds(), startedAt: new Date(0) } };
}

function nameOf(spoke: number, index: number): string {
  return `p-${String(spoke)}-${String(index)}`;
}

describe.each([{ size: 10_000 }, { size: 100_000 }])('a fleet of $size entities', ({ size }) => {
  it('costs the same few statements a turn while it is quiet, and evaluations as it changes', async () => {
    const { store, context } = await fleetOf(size);
    const bugs: string[] = [];
    const engine = new OrchestrationEngine(context, (entity) => bugs.push(entity));
    const sweep = new Sweep(context, 60_000);
    const evaluated: number[] = [];
    const drain = async (): Promise<void> => {
      let sum = 0;
      for (let batch = -1; batch !== 0; sum += batch) batch = await engine.drainOnce();
      evaluated.push(sum);
    };
    const marking = (): Promise<unknown> => engine.markDue();

    const quiet = {
      sweep: await store.during(() => sweep.run()),
      due: await store.during(marking),
      drain: await store.during(drain),
      recover: await store.during(() => engine.recover({ everything: true })),
    };
    expect(evaluated).toEqual([0]);
    expect(quiet).toEqual({
      // Each: the lease, or its fence, and one question.
      sweep: { transactions: 3, calls: 6 },
      due: { transactions: 1, calls: 4 },
      drain: { transactions: 1, calls: 1 },
      // What was left undispatched, what was left out of a line (environments come 200 at a time), and
      // what is to be backed up.
      recover: { transactions: 3, calls: 3 + Math.ceil(size / PER_SPOKE / 200) },
    });

    // In the middle of a chain: itself, the one it needs, the one that needs it.
    const release = { namespace: 'test-service', releaseName: nameOf(7, 50) };
    await store.transact((unit) =>
      recordReleaseState(context, unit, 'place-7', release, { ...release, health: 'Degraded' }),
    );
    await drain();
    await drain();
    expect(evaluated).toEqual([0, 3, 0]);
    expect(bugs).toEqual([]);
  });
});
