import { describe, expect, it } from '@jest/globals';
import { aToken } from '../testing/records/people-records.js';
import { pagesOfTwo } from './pages-of-two.contract.js';
import type { Store } from './store.js';
import type { ApiTokenRecord, TokenUse } from './token-repository.js';

const at = (minute: number): string => `2026-03-02T12:${String(minute).padStart(2, '0')}:00.000Z`;

export function describeStoredTokens(store: () => Store): void {
  const insert = (...tokens: readonly ApiTokenRecord[]) =>
    store().transact(async (unit) => {
      for (const token of tokens) await unit.tokens.insert(token);
    });
  const get = (id: string) => store().transact((unit) => unit.tokens.get(id));
  const revoke = (id: string) =>
    store().transact((unit) => unit.tokens.revoke(id, 'admin', at(30)));
  const noteUses = (...uses: readonly TokenUse[]) =>
    store().transact((unit) => unit.tokens.noteUses(uses));

  describe('tokens', () => {
    it.each([
      { name: 'for everything of the owner', token: aToken() },
      {
        name: 'with every field, and any text as its name',
        token: aToken({
          name: 'é, 🚀, "quotes"',
          scope: { permissions: ['view', 'deploy'], environments: ['dev', 'prod-eu'] },
          revokedAt: at(1),
          revokedBy: 'admin',
          lastUsedAt: at(2),
        }),
      },
    ])('are kept $name', async ({ token }) => {
      await insert(token);
      const read = await store().transact(async (unit) => ({
        byId: await unit.tokens.get(token.id),
        byHash: await unit.tokens.byHash(token.hash),
        many: await unit.tokens.getMany([token.id, 'unknown']),
        unknown: await unit.tokens.byHash('0'.repeat(64)),
        none: await unit.tokens.getMany([]),
      }));
      const none = { unknown: undefined, none: [] };
      expect(read).toStrictEqual({ byId: token, byHash: token, many: [token], ...none });
    });

    it.each([
      { name: 'an id', change: { hash: 'b'.repeat(64) } },
      { name: 'a secret', change: { id: 'token-2' } },
    ])('never share $name', async ({ change }) => {
      await insert(aToken());
      await expect(insert(aToken(change))).rejects.toThrow('is stored already');
    });

    it('are revoked once, and stay so', async () => {
      await insert(aToken());
      expect([await revoke('token-1'), await revoke('token-1'), await revoke('none')]).toEqual([
        ...[true, false, false],
      ]);
      expect(await get('token-1')).toEqual(aToken({ revokedAt: at(30), revokedBy: 'admin' }));
    });

    it('are usable until they are revoked or expire', async () => {
      const usableAt = (minute: number) =>
        store().transact((unit) => unit.tokens.countUsable('ann', at(minute)));
      await insert(
        aToken({ id: 'a', hash: 'a', expiresAt: at(20) }),
        aToken({ id: 'b', hash: 'b', expiresAt: at(50) }),
        aToken({ id: 'c', hash: 'c', expiresAt: at(50), revokedAt: at(1), revokedBy: 'x' }),
        aToken({ id: 'd', hash: 'd', expiresAt: at(50), owner: 'bob' }),
      );
      expect([await usableAt(19), await usableAt(20), await usableAt(50)]).toEqual([2, 1, 0]);
    });

    it('tell when they were used last, whatever the order of what they are told', async () => {
      await insert(aToken({ id: 'a', hash: 'a' }), aToken({ id: 'b', hash: 'b' }));
      await noteUses();
      await noteUses({ id: 'b', at: at(5) }, { id: 'a', at: at(4) }, { id: 'none', at: at(9) });
      await noteUses({ id: 'a', at: at(7) }, { id: 'a', at: at(6) }, { id: 'b', at: at(3) });
      const used = await Promise.all(['a', 'b'].map(get));
      expect(used.map((token) => token?.lastUsedAt)).toEqual([at(7), at(5)]);
      expect(await get('none')).toBeUndefined();
    });

    it('are forgotten some time after their end, a few at a time, but for those of the engine', async () => {
      const over = { expiresAt: at(20) };
      await insert(
        aToken({ id: 'expired', hash: 'expired', ...over }),
        aToken({ id: 'revoked', hash: 'revoked', revokedAt: at(19), revokedBy: 'ann' }),
        aToken({ id: 'both', hash: 'both', expiresAt: at(40), revokedAt: at(18), revokedBy: 'x' }),
        aToken({ id: 'first', hash: 'first', ...over, createdBy: 'engine' }),
        aToken({ id: 'late', hash: 'late', expiresAt: at(21) }),
        aToken({ id: 'usable', hash: 'usable' }),
      );
      const forget = () => store().transact((unit) => unit.tokens.forgetBefore(at(21), 2));
      expect([await forget(), await forget(), await forget()]).toEqual([true, false, false]);
      const left = await store().transact((unit) => unit.tokens.list(undefined, { limit: 10 }));
      expect(left.items.map(({ id }) => id)).toEqual(['first', 'late', 'usable']);
    });

    it.each([
      { name: 'of everybody', owner: undefined, expected: [['a', 'b'], ['c']] },
      { name: 'of one', owner: 'ann', expected: [['a', 'c']] },
      { name: 'of somebody without any', owner: 'cleo', expected: [[]] },
    ])('are listed by id in pages: $name', async ({ owner, expected }) => {
      const owners = { c: 'ann', a: 'ann', b: 'bob' };
      await insert(
        ...Object.entries(owners).map(([id, one]) => aToken({ id, hash: id, owner: one })),
      );
      const pages = await store().transact((unit) =>
        pagesOfTwo((page) => unit.tokens.list(owner, page)),
      );
      expect(pages.map((page) => page.map(({ id }) => id))).toEqual(expected);
    });
  });
}
