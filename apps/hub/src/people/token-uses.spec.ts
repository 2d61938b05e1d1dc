import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  CountingIds,
  InMemoryStore,
  StoreUnavailable,
  VirtualClock,
} from '@apollo-deploy/orchestration';
import { aToken } from '@apollo-deploy/orchestration/testing';
import { TokenUses } from './token-uses.js';

const NOON = new Date('2026-03-02T12:00:00.000Z');

class LostStore extends InMemoryStore {
  isLost = false;
  writes = 0;

  override transact: InMemoryStore['transact'] = async (work) => {
    if (this.isLost) throw new StoreUnavailable('the database is away');
    this.writes += 1;
    return super.transact(work);
  };
}

let store: LostStore;
let clock: VirtualClock;
let uses: TokenUses;
beforeEach(async () => {
  store = new LostStore();
  clock = new VirtualClock(NOON);
  await store.transact(async (unit) => {
    await unit.tokens.insert(aToken({ id: 'a', hash: 'a' }));
    await unit.tokens.insert(aToken({ id: 'b', hash: 'b' }));
  });
  const context = { store, clock, ids: new CountingIds(), startedAt: NOON };
  const log = { log: () => undefined, warn: () => undefined, error: () => undefined };
  // Nothing is due before the test stops it.
  const timer = { after: () => () => undefined };
  uses = new TokenUses({ context, timer, random: () => 0, log });
  store.writes = 0;
});

const lastUsed = () =>
  store.transact(async (unit) =>
    [await unit.tokens.get('a'), await unit.tokens.get('b')].map((token) => token?.lastUsedAt),
  );

describe('when tokens were used last', () => {
  it('is written once for many uses, the latest of each', async () => {
    for (let use = 0; use < 100; use += 1) {
      uses.note('a');
      clock.advance(1000);
    }
    uses.note('b');
    expect(store.writes).toBe(0);
    await uses.stop();
    expect(store.writes).toBe(1);
    expect(await lastUsed()).toEqual(['2026-03-02T12:01:39.000Z', '2026-03-02T12:01:40.000Z']);
  });

  it('costs nothing where none was used', async () => {
    await uses.stop();
    expect(store.writes).toBe(0);
  });

  it('is not lost where the store is away for a while', async () => {
    uses.note('a');
    store.isLost = true;
    await expect(uses.stop()).rejects.toThrow('the database is away');
    store.isLost = false;
    await uses.stop();
    expect(await lastUsed()).toEqual(['2026-03-02T12:00:00.000Z', undefined]);
  });
});
