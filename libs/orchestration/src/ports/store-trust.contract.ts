import { describe, expect, it } from '@jest/globals';
import { err, ok } from '@apollo-deploy/kernel';
import { anOutboxMessage } from '../testing/records/trail-records.js';
import { aSpoke } from '../testing/records/fleet-records.js';
import type { Store } from './store.js';
import type { JoinTokenRecord } from './trust-repositories.js';

const minute = (at: number) => new Date(Date.UTC(2026, 2, 1, 12, at)).toISOString();

function aJoinToken(change: Partial<JoinTokenRecord> = {}): JoinTokenRecord {
  return {
    ...{ hash: 'hash-1', spoke: 'spoke-a', createdAt: minute(0), expiresAt: minute(60) },
    ...change,
  };
}

export function describeStoredTrust(store: () => Store): void {
  describe('join tokens', () => {
    it('keep every field, whether it is set or not', async () => {
      const used = aJoinToken({ clusterUid: 'uid-1', usedBy: 'key-1' });
      await store().transact(async (unit) => {
        expect(await unit.joinTokens.insert(aJoinToken())).toEqual(ok(aJoinToken()));
        expect(await unit.joinTokens.get('hash-1')).toStrictEqual(aJoinToken());
        await unit.joinTokens.save(used);
        expect(await unit.joinTokens.get('hash-1')).toStrictEqual(used);
        expect(await unit.joinTokens.get('hash-2')).toBeUndefined();
        expect(await unit.joinTokens.insert(aJoinToken())).toEqual(err({ code: 'already_exists' }));
      });
    });

    it('of a spoke that nobody has used go alone, and are counted', async () => {
      const left = await store().transact(async (unit) => {
        await unit.joinTokens.insert(aJoinToken({ hash: 'hash-2', createdAt: minute(1) }));
        await unit.joinTokens.insert(aJoinToken());
        await unit.joinTokens.insert(aJoinToken({ hash: 'hash-3', usedBy: 'key-1' }));
        await unit.joinTokens.insert(aJoinToken({ hash: 'hash-4', spoke: 'spoke-b' }));
        const unused = await unit.joinTokens.unusedOf('spoke-a');
        expect(unused.map(({ hash }) => hash)).toEqual(['hash-1', 'hash-2']);
        const counts = [
          await unit.joinTokens.removeUnused('spoke-a'),
          await unit.joinTokens.removeUnused('spoke-a'),
        ];
        const hashes = ['hash-1', 'hash-2', 'hash-3', 'hash-4'];
        const found = await Promise.all(hashes.map((hash) => unit.joinTokens.get(hash)));
        return [counts, found.map((token) => token?.hash)];
      });
      expect(left).toEqual([
        [2, 0],
        [undefined, undefined, 'hash-3', 'hash-4'],
      ]);
    });

    it('go with their spoke, and when they have expired', async () => {
      const left = await store().transact(async (unit) => {
        await unit.joinTokens.insert(aJoinToken());
        await unit.joinTokens.insert(aJoinToken({ hash: 'hash-2' }));
        await unit.joinTokens.insert(aJoinToken({ hash: 'hash-3', spoke: 'spoke-b' }));
        const old = { spoke: 'spoke-b', expiresAt: minute(1) };
        await unit.joinTokens.insert(aJoinToken({ hash: 'hash-4', ...old }));
        await unit.joinTokens.removeOfSpoke('spoke-a');
        await unit.joinTokens.forgetBefore(minute(2));
        const hashes = ['hash-1', 'hash-2', 'hash-3', 'hash-4'];
        const found = await Promise.all(hashes.map((hash) => unit.joinTokens.get(hash)));
        return found.flatMap((token) => (token === undefined ? [] : [token.hash]));
      });
      expect(left).toEqual(['hash-3']);
    });
  });

  describe('session tokens', () => {
    const token = { spoke: 'spoke-a', id: 'id-1', keptUntil: minute(1) };

    it('are used once, by whichever of many that come at the same time', async () => {
      const use = () => store().transact((unit) => unit.sessionTokens.use(token));
      const uses = await Promise.all([use(), use(), use(), use()]);
      expect(uses.filter(Boolean)).toHaveLength(1);
      expect(await use()).toBe(false);
    });

    it('of two spokes may have one id', async () => {
      const uses = await store().transact(async (unit) => [
        await unit.sessionTokens.use(token),
        await unit.sessionTokens.use({ ...token, spoke: 'spoke-b' }),
      ]);
      expect(uses).toEqual([true, true]);
    });

    it('are forgotten when nobody accepts them any more, and not before', async () => {
      const uses = await store().transact(async (unit) => {
        await unit.sessionTokens.use(token);
        await unit.sessionTokens.forgetBefore(minute(1));
        const before = await unit.sessionTokens.use(token);
        await unit.sessionTokens.forgetBefore(minute(2));
        return [before, await unit.sessionTokens.use(token)];
      });
      expect(uses).toEqual([false, true]);
    });
  });

  describe('the id of the hub', () => {
    it('is the first one, for all that ask at the same time and ever after', async () => {
      const ensure = (id: string) => store().transact((unit) => unit.hubIdentity.ensure(id));
      const ids = await Promise.all(['hub-1', 'hub-2', 'hub-3'].map(ensure));
      expect(new Set(ids).size).toBe(1);
      expect(await ensure('hub-4')).toBe(ids[0]);
    });
  });

  describe('a spoke that is revoked', () => {
    it('is given nothing of what waits for it, which stays', async () => {
      const waiting = (revoked: boolean) =>
        store().transact(async (unit) => {
          await unit.spokes.save(aSpoke({ revoked }));
          return unit.outbox.pending(['spoke-a', 'spoke-b']);
        });
      await store().transact(async (unit) => {
        await unit.spokes.insert(aSpoke());
        await unit.outbox.add(anOutboxMessage({ id: 'm1', spoke: 'spoke-a' }));
        await unit.outbox.add(anOutboxMessage({ id: 'm2', spoke: 'spoke-b' }));
      });
      const ids = async (revoked: boolean) => (await waiting(revoked)).map(({ id }) => id);
      expect(await ids(true)).toEqual(['m2']);
      expect(await ids(false)).toEqual(['m1', 'm2']);
    });

    it('is told to all', async () => {
      const revoked: string[] = [];
      const stop = store().onCommit((signal) => revoked.push(...(signal.revoked ?? [])));
      await store().transact(async (unit) => {
        await unit.spokes.insert(aSpoke());
        await unit.spokes.save(aSpoke({ revoked: true }));
      });
      await store().transact((unit) => unit.spokes.get('spoke-a'));
      stop();
      expect(revoked).toEqual(['spoke-a']);
    });
  });
}
