import { anIdempotencyRecord } from '@apollo-deploy/orchestration/testing';
import { describe, expect, it } from '@jest/globals';
import { SpokeScene } from '../testing/spokes/spoke-scene.js';
import { AnswerRetention } from './answer-retention.js';

const HOUR_MS = 3_600_000;

describe('answers kept for repetitions', () => {
  it('are forgotten by the first look after a day', async () => {
    const { context, store, time, log } = await SpokeScene.build();
    const retention = new AnswerRetention({ context, timer: time, random: () => 0.5, log });
    const record = anIdempotencyRecord({ createdAt: time.now().toISOString() });
    await store.transact((unit) => unit.idempotency.insert(record));
    const looked = time.waitBegins(HOUR_MS);
    retention.start();
    await looked;

    const keptFor: boolean[] = [];
    for (let hour = 1; hour <= 25; hour += 1) {
      const again = time.waitBegins(HOUR_MS);
      time.advance(HOUR_MS);
      await again;
      const kept = await store.transact((unit) =>
        unit.idempotency.get(record.principal, record.key),
      );
      keptFor.push(kept !== undefined);
    }

    expect(keptFor).toEqual([...Array.from({ length: 24 }, () => true), false]);
    await retention.stop();
    expect(time.pending).toEqual([]);
  });
});
