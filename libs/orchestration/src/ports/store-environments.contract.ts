import { describe, expect, it } from '@jest/globals';
import { err, ok } from '@apollo-deploy/kernel';
import { anEnvironment } from '../testing/records/catalog-records.js';
import { pagesOfTwo } from './pages-of-two.contract.js';
import type { Store } from './store.js';

export function describeStoredEnvironments(store: () => Store): void {
  describe('environments', () => {
    it('keeps every field of a new one, as version 1', async () => {
      const prod = anEnvironment({
        name: 'prod',
        tier: 'production',
        channel: 'stable',
        execution: 'manual',
        rollbackOnFailure: false,
        maxConcurrent: 3,
        createdAt: '2026-03-02T12:00:00.001Z',
        version: 1,
      });
      const inserted = await store().transact((unit) =>
        unit.environments.insert({ ...prod, version: 7 }),
      );
      expect(inserted).toEqual(ok(prod));
      expect(await store().transact((unit) => unit.environments.get('prod'))).toEqual(prod);
    });

    it('knows no name that was not inserted', async () => {
      await store().transact(async (unit) => {
        expect(await unit.environments.get('dev')).toBeUndefined();
        expect(await unit.environments.lock('dev')).toBeUndefined();
        expect(await unit.environments.getMany(['dev'])).toEqual([]);
      });
    });

    it('refuses a name that is taken and keeps what was there', async () => {
      const again = await store().transact(async (unit) => {
        await unit.environments.insert(anEnvironment());
        return unit.environments.insert(anEnvironment({ tier: 'production' }));
      });
      expect(again).toEqual(err({ code: 'already_exists' }));
      expect(await store().transact((unit) => unit.environments.get('dev'))).toEqual(
        anEnvironment(),
      );
    });

    it('writes the next version only over the version that the writer read', async () => {
      await store().transact((unit) => unit.environments.insert(anEnvironment()));
      const save = (version: number, channel: string) =>
        store().transact((unit) => unit.environments.save(anEnvironment({ version, channel })));
      expect(await save(1, 'candidate')).toEqual(
        ok(anEnvironment({ version: 2, channel: 'candidate' })),
      );
      expect(await save(1, 'stable')).toEqual(err({ code: 'version_conflict' }));
      expect(await save(3, 'stable')).toEqual(err({ code: 'version_conflict' }));
      expect(await store().transact((unit) => unit.environments.get('dev'))).toEqual(
        anEnvironment({ version: 2, channel: 'candidate' }),
      );
    });

    it('refuses to save one that was never inserted', async () => {
      expect(await store().transact((unit) => unit.environments.save(anEnvironment()))).toEqual(
        err({ code: 'version_conflict' }),
      );
    });

    it('lets one of two win who save the same version at once', async () => {
      await store().transact((unit) => unit.environments.insert(anEnvironment()));
      const saves = await Promise.all(
        ['candidate', 'stable'].map((channel) =>
          store().transact((unit) => unit.environments.save(anEnvironment({ channel }))),
        ),
      );
      expect(saves.filter(({ ok: won }) => won)).toHaveLength(1);
      expect(saves).toContainEqual(err({ code: 'version_conflict' }));
    });

    it('lets one of two win who insert the same name at once', async () => {
      const inserts = await Promise.all(
        ['candidate', 'stable'].map((channel) =>
          store().transact((unit) => unit.environments.insert(anEnvironment({ channel }))),
        ),
      );
      expect(inserts.filter(({ ok: won }) => won)).toHaveLength(1);
      expect(inserts).toContainEqual(err({ code: 'already_exists' }));
    });

    it('lets nobody else past a lock until the transaction that holds it ends', async () => {
      await store().transact((unit) => unit.environments.insert(anEnvironment({ channel: '0' })));
      // Each adds one to what it reads: without the lock, some would read the same number.
      const addOne = () =>
        store().transact(async (unit) => {
          const locked = await unit.environments.lock('dev');
          const channel = String(Number(locked!.channel) + 1);
          return unit.environments.save({ ...locked!, channel });
        });
      const saves = await Promise.all(Array.from({ length: 8 }, addOne));
      expect(saves.filter(({ ok: won }) => won)).toHaveLength(8);
      expect((await store().transact((unit) => unit.environments.get('dev')))?.channel).toBe('8');
    });

    it('answers many by name, in the order of their names, and skips unknown ones', async () => {
      const many = await store().transact(async (unit) => {
        await unit.environments.insert(anEnvironment({ name: 'b' }));
        await unit.environments.insert(anEnvironment({ name: 'a' }));
        return unit.environments.getMany(['b', 'nowhere', 'a', 'b']);
      });
      expect(many.map(({ name }) => name)).toEqual(['a', 'b']);
    });

    it.each([
      { name: 'nothing', names: [], expected: [[]] },
      { name: 'one page that is just full', names: ['a', 'b'], expected: [['a', 'b']] },
      {
        name: 'one more than a page, whatever the order they came in',
        names: ['prod-eu', 'dev', 'prod'],
        expected: [['dev', 'prod'], ['prod-eu']],
      },
      {
        name: 'names that dictionaries would sort in another way',
        names: ['a-b', 'ab', 'a1', 'a'],
        expected: [
          ['a', 'a-b'],
          ['a1', 'ab'],
        ],
      },
    ])('lists by name in pages: $name', async ({ names, expected }) => {
      const pages = await store().transact(async (unit) => {
        for (const name of names) await unit.environments.insert(anEnvironment({ name }));
        return pagesOfTwo((page) => unit.environments.list(page));
      });
      expect(pages.map((page) => page.map(({ name }) => name))).toEqual(expected);
    });

    it('lists those of some names alone, in full pages', async () => {
      const pages = await store().transact(async (unit) => {
        for (const name of ['e', 'd', 'c', 'b', 'a'])
          await unit.environments.insert(anEnvironment({ name }));
        const names = ['a', 'c', 'e', 'unknown'];
        return [
          ...(await pagesOfTwo((page) => unit.environments.list(page, names))),
          ...(await pagesOfTwo((page) => unit.environments.list(page, []))),
        ];
      });
      expect(pages.map((page) => page.map(({ name }) => name))).toEqual([['a', 'c'], ['e'], []]);
    });

    it('begins a page after any name, known or not', async () => {
      const page = await store().transact(async (unit) => {
        for (const name of ['a', 'c']) await unit.environments.insert(anEnvironment({ name }));
        return unit.environments.list({ after: 'b', limit: 5 });
      });
      expect(page).toEqual({ items: [anEnvironment({ name: 'c' })] });
    });
  });
}
