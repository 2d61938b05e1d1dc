import { anEvent } from '@apollo-deploy/orchestration/testing';
import { describe, expect, it } from '@jest/globals';
import { SpokeScene } from '../testing/spokes/spoke-scene.js';
import { EventRetention } from './event-retention.js';

const HOUR_MS = 3_600_000;

describe('events', () => {
  it('are forgotten by the first look after a day, but for the newest', async () => {
    const { context, store, time, log } = await SpokeScene.build();
    const retention = new EventRetention({ context, timer: time, random: () => 0.5, log });
    const events = ['old', 'newest'].map((type) => anEvent({ type, at: time.now().toISOString() }));
    await store.transact((unit) => unit.events.append(events));
    const looked = time.waitBegins(HOUR_MS);
    retention.start();
    await looked;

    const kept: string[] = [];
    for (let hour = 1; hour <= 25; hour += 1) {
      const again = time.waitBegins(HOUR_MS);
      time.advance(HOUR_MS);
      await again;
      const read = await store.transact((unit) => unit.events.after(undefined, 10));
      kept.push(read.ok ? read.value.map(({ type }) => type).join(' ') : 'unknown');
    }

    expect(kept).toEqual([...Array.from({ length: 24 }, () => 'old newest'), 'newest']);
    await retention.stop();
    expect(time.pending).toEqual([]);
  });
});
