import { aLoginSession, aToken } from '@apollo-deploy/orchestration/testing';
import { describe, expect, it } from '@jest/globals';
import { SpokeScene } from '../testing/spokes/spoke-scene.js';
import { AccessRetention } from './access-retention.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('tokens and logins of people', () => {
  it('are forgotten by the first look after thirty days, however many they are', async () => {
    const { context, store, time, log } = await SpokeScene.build();
    const retention = new AccessRetention({ context, timer: time, random: () => 0.5, log });
    const end = new Date(time.now().getTime() - 30 * DAY_MS).toISOString();
    await store.transact(async (unit) => {
      for (let each = 0; each < 1_200; each += 1) {
        const id = `old-${String(each)}`;
        await unit.tokens.insert(aToken({ id, hash: id, expiresAt: end }));
      }
      await unit.tokens.insert(aToken({ id: 'usable', hash: 'usable' }));
      await unit.loginSessions.insert(aLoginSession({ endsAt: end }));
    });
    const left = () =>
      store.transact(async (unit) => {
        const tokens = ['old-0', 'old-1199', 'usable'].map((id) => unit.tokens.get(id));
        const session = await unit.loginSessions.byHash(aLoginSession().hash);
        return [...(await Promise.all(tokens)), session].map((one) => one?.id);
      });

    const looked = time.waitBegins(HOUR_MS);
    retention.start();
    await looked;
    expect(await left()).toEqual(['old-0', 'old-1199', 'usable', 'session-1']);

    const again = time.waitBegins(HOUR_MS);
    time.advance(HOUR_MS);
    await again;
    expect(await left()).toEqual([undefined, undefined, 'usable', undefined]);
    await retention.stop();
    expect(time.pending).toEqual([]);
  });
});
