import { describe, expect, it } from '@jest/globals';
import { aLoginSession } from '../testing/records/people-records.js';
import type { LoginSessionRecord, VouchedLogout } from './login-session-repository.js';
import type { Store } from './store.js';

const at = (hour: number): string => `2026-03-02T${String(hour).padStart(2, '0')}:00:00.000Z`;

export function describeStoredLoginSessions(store: () => Store): void {
  const insert = (...sessions: readonly LoginSessionRecord[]) =>
    store().transact(async (unit) => {
      for (const session of sessions) await unit.loginSessions.insert(session);
    });
  const get = (hash: string) => store().transact((unit) => unit.loginSessions.byHash(hash));

  describe('login sessions', () => {
    it.each([
      { name: 'that goes on', session: aLoginSession() },
      { name: 'that was ended', session: aLoginSession({ endedAt: at(13), endedBy: 'admin' }) },
      {
        name: 'that a provider vouched for',
        session: aLoginSession({ issuer: 'https://id.example', subject: 'a-1', sid: 's-1' }),
      },
    ])('are found by their hash: one $name', async ({ session }) => {
      await insert(session);
      expect(await get(session.hash)).toStrictEqual(session);
      expect(await get('0'.repeat(64))).toBeUndefined();
      const many = await store().transact(async (unit) => [
        ...(await unit.loginSessions.getMany([session.id, 'unknown'])),
        ...(await unit.loginSessions.getMany([])),
      ]);
      expect(many).toStrictEqual([session]);
    });

    it.each([
      { name: 'an id', change: { hash: 'd'.repeat(64) } },
      { name: 'a secret', change: { id: 'session-2' } },
    ])('never share $name', async ({ change }) => {
      await insert(aLoginSession());
      await expect(insert(aLoginSession(change))).rejects.toThrow('is stored already');
    });

    it('are put off, never brought forward', async () => {
      const { id, hash } = aLoginSession();
      await insert(aLoginSession({ idleEndsAt: at(14) }));
      for (const hour of [16, 15]) {
        await store().transact((unit) => unit.loginSessions.extend(id, at(hour)));
      }
      await store().transact((unit) => unit.loginSessions.extend('none', at(20)));
      expect(await get(hash)).toEqual(aLoginSession({ idleEndsAt: at(16) }));
    });

    it('are ended once, and stay so', async () => {
      const { id, hash } = aLoginSession();
      await insert(aLoginSession());
      const end = (which: string, by: string) =>
        store().transact((unit) => unit.loginSessions.end(which, by, at(13)));
      expect([await end(id, 'ann'), await end(id, 'bob'), await end('none', 'ann')]).toEqual([
        ...[true, false, false],
      ]);
      expect(await get(hash)).toMatchObject({ endedAt: at(13), endedBy: 'ann' });
    });

    it('are ended all at once, those of one person', async () => {
      await insert(
        aLoginSession({ id: 'a', hash: 'a', endsAt: at(20) }),
        aLoginSession({ id: 'b', hash: 'b', endsAt: at(20) }),
        aLoginSession({ id: 'over', hash: 'over', endsAt: at(13) }),
        aLoginSession({ id: 'ended', hash: 'ended', endedAt: at(12), endedBy: 'ann' }),
        aLoginSession({ id: 'other', hash: 'other', person: 'bob', endsAt: at(20) }),
      );
      const endAll = () =>
        store().transact((unit) => unit.loginSessions.endAll('ann', 'admin', at(14)));
      expect([await endAll(), await endAll()]).toEqual([2, 0]);
      const found = await Promise.all(['a', 'b', 'over', 'ended', 'other'].map(get));
      expect(found.map((session) => session?.endedBy)).toEqual([
        ...['admin', 'admin', undefined, 'ann', undefined],
      ]);
    });

    const OF_ANN = { issuer: 'https://id.example', subject: 'a-1' };
    const endVouched = (logout: VouchedLogout) =>
      store().transact((unit) => unit.loginSessions.endVouched(logout, 'engine', at(14)));

    it.each<{ name: string; logout: VouchedLogout; expected: readonly string[] }>([
      { name: 'of a subject', logout: OF_ANN, expected: ['phone', 'laptop', 'unnamed'] },
      {
        name: 'of one login of a subject, and those of which nobody knows which they are',
        logout: { ...OF_ANN, sid: 's-1' },
        expected: ['phone', 'unnamed'],
      },
      {
        name: 'of one login',
        logout: { issuer: OF_ANN.issuer, sid: 's-1' },
        expected: ['phone'],
      },
      { name: 'of a subject elsewhere', logout: { ...OF_ANN, issuer: 'x' }, expected: [] },
      { name: 'of nobody', logout: { ...OF_ANN, subject: 'a-2' }, expected: [] },
      { name: 'of no login', logout: { ...OF_ANN, subject: 'b-1', sid: 's-1' }, expected: [] },
    ])('are ended by their provider: those $name', async ({ logout, expected }) => {
      const later = { endsAt: at(20) };
      await insert(
        aLoginSession({ id: 'phone', hash: 'phone', ...later, ...OF_ANN, sid: 's-1' }),
        aLoginSession({ id: 'laptop', hash: 'laptop', ...later, ...OF_ANN, sid: 's-2' }),
        aLoginSession({ id: 'unnamed', hash: 'unnamed', ...later, ...OF_ANN }),
        aLoginSession({ id: 'over', hash: 'over', endsAt: at(13), ...OF_ANN, sid: 's-1' }),
        aLoginSession({ id: 'old', hash: 'old', ...later }),
        aLoginSession({
          ...{ id: 'bob', hash: 'bob', person: 'bob', ...later },
          ...{ ...OF_ANN, subject: 'b-1', sid: 's-3' },
        }),
      );
      expect(await endVouched(logout)).toEqual(expected.map(() => 'ann'));
      const ids = ['phone', 'laptop', 'unnamed', 'over', 'old', 'bob'];
      const found = await Promise.all(ids.map(get));
      const ended = found.flatMap((one) => (one?.endedBy === 'engine' ? [one.id] : []));
      expect(ended).toEqual(expected);
      expect(await endVouched(logout)).toEqual([]);
    });

    it('know each message of a provider once', async () => {
      const use = (issuer: string, id: string) =>
        store().transact((unit) =>
          unit.loginSessions.useLogoutToken({ issuer, id, keptUntil: at(14) }),
        );
      expect([await use('a', '1'), await use('a', '1'), await use('b', '1')]).toEqual([
        ...[true, false, true],
      ]);
      await store().transact((unit) => unit.loginSessions.forgetBefore(at(14), 10));
      expect(await use('a', '1')).toBe(false);
      await store().transact((unit) => unit.loginSessions.forgetBefore(at(15), 10));
      expect(await use('a', '1')).toBe(true);
    });

    it('are forgotten some time after their end, a few at a time', async () => {
      const ends = { a: at(11), b: at(12), c: at(13), d: at(14) };
      await insert(
        ...Object.entries(ends).map(([id, endsAt]) => aLoginSession({ id, hash: id, endsAt })),
      );
      const forget = () => store().transact((unit) => unit.loginSessions.forgetBefore(at(14), 2));
      expect([await forget(), await forget(), await forget()]).toEqual([true, false, false]);
      const found = await Promise.all(Object.keys(ends).map(get));
      expect(found.map((session) => session?.id)).toEqual([undefined, undefined, undefined, 'd']);
    });
  });
}
