import { describe, expect, it } from '@jest/globals';
import { err, ok } from '@apollo-deploy/kernel';
import type { KeySetRecord } from './key-sets.js';
import type { CommitSignal, Store } from './store.js';

function aKeySet(version: number, change: Partial<KeySetRecord> = {}): KeySetRecord {
  return {
    ...{ version, threshold: 1 },
    keys: [{ keyId: `id-${version}`, publicKey: `key-${version}`, purpose: 'plan' }],
    envelope: { payloadType: 'type', payload: 'payload', signatures: [{ sig: 'sig' }] },
    ...{ addedAt: '2026-03-01T12:00:00.000Z', addedBy: 'ada' },
    ...change,
  };
}

export function describeStoredKeySets(store: () => Store): void {
  describe('key sets', () => {
    it('keep every field, whether it is set or not, to the letter', async () => {
      const ending = aKeySet(2, { threshold: 2, expiresAt: '2027-01-01T00:00:00Z' });
      await store().transact(async (unit) => {
        expect(await unit.keySets.newest()).toBeUndefined();
        expect(await unit.keySets.insert(aKeySet(1))).toEqual(ok(aKeySet(1)));
        expect(await unit.keySets.newest()).toStrictEqual(aKeySet(1));
        expect(await unit.keySets.insert(ending)).toEqual(ok(ending));
        expect(await unit.keySets.newest()).toStrictEqual(ending);
      });
    });

    it('are one for each version', async () => {
      await store().transact(async (unit) => {
        await unit.keySets.insert(aKeySet(1));
        const other = await unit.keySets.insert(aKeySet(1, { addedBy: 'bob' }));
        expect(other).toEqual(err({ code: 'already_exists' }));
        expect(await unit.keySets.newest()).toEqual(aKeySet(1));
      });
    });

    it('are listed by their versions as numbers', async () => {
      const pages = await store().transact(async (unit) => {
        for (const version of [10, 2, 9]) await unit.keySets.insert(aKeySet(version));
        const first = await unit.keySets.list({ limit: 2 });
        const second = await unit.keySets.list({ limit: 2, after: first.next ?? '' });
        const strange = await unit.keySets.list({ limit: 1, after: 'no number' });
        return [first, second, strange];
      });
      expect(pages.map(({ items }) => items.map(({ version }) => version))).toEqual([
        [2, 9],
        [10],
        [2],
      ]);
      expect(pages.map(({ next }) => next)).toEqual(['9', undefined, '2']);
    });

    it('are asked for a public key, of any version', async () => {
      const named = await store().transact(async (unit) => {
        await unit.keySets.insert(aKeySet(1));
        await unit.keySets.insert(aKeySet(2));
        const keys = ['key-1', 'key-2', 'key-3', '"}]'];
        return Promise.all(keys.map((key) => unit.keySets.names(key)));
      });
      expect(named).toEqual([true, true, false, false]);
    });

    it('that are added are told to all, once they are kept', async () => {
      const told: CommitSignal[] = [];
      const stop = store().onCommit((signal) => told.push(signal));
      await store().transact((unit) => unit.keySets.insert(aKeySet(1)));
      await store().transact((unit) => unit.keySets.insert(aKeySet(1)));
      stop();
      expect(told).toEqual([{ dirty: false, outbox: [], events: false, keySets: true }]);
    });
  });
}
