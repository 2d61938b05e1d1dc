import { aPlanCount } from '@apollo-deploy/orchestration/testing';
import { describe, expect, it } from '@jest/globals';
import { SpokeScene } from '../testing/spokes/spoke-scene.js';
import { COUNTERS_AT_ONCE, CounterRetention } from './counter-retention.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('counters of plans', () => {
  it('are forgotten after 400 days, as many as there are, in batches', async () => {
    const { context, store, time, log } = await SpokeScene.build();
    const retention = new CounterRetention({ context, timer: time, random: () => 0.5, log });
    const daysAgo = (days: number) =>
      new Date(time.now().getTime() - days * DAY_MS).toISOString().slice(0, 10);
    const old = Array.from({ length: COUNTERS_AT_ONCE + 1 }, (_, index) =>
      aPlanCount({ day: daysAgo(401), product: `product-${String(index)}` }),
    );
    await store.transact((unit) =>
      unit.analytics.add([...old, aPlanCount({ day: daysAgo(400) }), aPlanCount()]),
    );
    const looked = time.waitBegins(HOUR_MS);
    retention.start();
    await looked;

    const left = await store.transact((unit) => unit.analytics.forgetBefore('9999-01-01', 10));
    expect(left).toBe(2);
    await retention.stop();
    expect(time.pending).toEqual([]);
  });
});
