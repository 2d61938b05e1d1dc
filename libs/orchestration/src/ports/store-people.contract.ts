import { describe, expect, it } from '@jest/globals';
import { err, ok } from '@apollo-deploy/kernel';
import { aPerson } from '../testing/records/people-records.js';
import { pagesOfTwo } from './pages-of-two.contract.js';
import type { PersonRecord } from './people-repository.js';
import type { Store } from './store.js';

export function describeStoredPeople(store: () => Store): void {
  const insert = (...people: readonly PersonRecord[]) =>
    store().transact(async (unit) => {
      const answers = [];
      for (const person of people) answers.push(await unit.people.insert(person));
      return answers;
    });
  const save = (person: PersonRecord) => store().transact((unit) => unit.people.save(person));
  const withRoles = async (...roles: readonly string[]) => {
    const found = await store().transact((unit) => unit.people.withRoles(roles));
    return found.map(({ name }) => name);
  };

  describe('people', () => {
    it.each([
      { name: 'without any role', person: aPerson({ roles: [] }) },
      {
        name: 'with every field',
        person: aPerson({
          name: 'Ann.Lee+ops@example.org',
          roles: ['sre', 'viewer'],
          grants: [
            { environment: 'prod', roles: ['product-owner'] },
            { environment: 'dev', roles: [] },
          ],
          disabled: true,
          machine: true,
          createdAt: '2026-03-02T12:00:00.001Z',
        }),
      },
    ])('are kept as version 1 $name', async ({ person }) => {
      expect(await insert({ ...person, version: 7 })).toEqual([ok(person)]);
      const read = await store().transact(async (unit) => ({
        byName: await unit.people.get(person.name),
        unknown: await unit.people.get(person.name.toUpperCase()),
        many: await unit.people.getMany(['nobody', person.name, person.name]),
        list: await unit.people.list({ limit: 10 }),
      }));
      expect(read).toStrictEqual({
        byName: person,
        unknown: undefined,
        many: [person],
        list: { items: [person] },
      });
    });

    it('have one name each, and who was first stays', async () => {
      const taken = err({ code: 'already_exists' });
      expect(await insert(aPerson(), aPerson({ roles: ['admin'] }))).toEqual([
        ok(aPerson()),
        taken,
      ]);
      expect(await withRoles('admin')).toEqual([]);
    });

    it('are locked by one at a time, and nobody who is not there', async () => {
      await insert(aPerson({ roles: [] }));
      // Each adds one to what it reads: without the lock, some would read the same roles.
      const addOne = () =>
        store().transact(async (unit) => {
          const locked = await unit.people.lock('ann');
          return unit.people.save({ ...locked!, roles: [...locked!.roles, 'viewer'] });
        });
      const saves = await Promise.all(Array.from({ length: 8 }, addOne));
      expect(saves.filter(({ ok: won }) => won)).toHaveLength(8);
      const read = await store().transact(async (unit) => ({
        ann: await unit.people.lock('ann'),
        nobody: await unit.people.lock('nobody'),
      }));
      expect(read.ann?.roles).toHaveLength(8);
      expect(read.nobody).toBeUndefined();
    });

    it('are changed only by who saw what is stored', async () => {
      await insert(aPerson());
      const changed = aPerson({ roles: ['sre'], disabled: true });
      expect(await save(changed)).toEqual(ok({ ...changed, version: 2 }));
      expect(await save(aPerson())).toEqual(err({ code: 'version_conflict' }));
      expect(await save(aPerson({ name: 'nobody' }))).toEqual(err({ code: 'version_conflict' }));
      const read = await store().transact((unit) => unit.people.get('ann'));
      expect(read).toEqual({ ...changed, version: 2 });
    });

    it.each([
      { name: 'everywhere or in one environment', roles: ['sre'], expected: ['bob', 'cleo'] },
      { name: 'of several', roles: ['sre', 'viewer'], expected: ['ann', 'bob', 'cleo'] },
      { name: 'that only the disabled and machines have', roles: ['admin'], expected: [] },
      { name: 'that nobody has, or nobody knows', roles: ['operator', 'king'], expected: [] },
      { name: 'none', roles: [], expected: [] },
    ])('are found by a role: $name', async ({ roles, expected }) => {
      await insert(
        aPerson({ name: 'dan', roles: ['admin', 'sre'], disabled: true }),
        aPerson({ name: 'bot', roles: ['admin', 'sre'], machine: true }),
        aPerson({ name: 'cleo', roles: ['sre', 'viewer'] }),
        aPerson({
          name: 'bob',
          roles: [],
          grants: [
            { environment: 'dev', roles: [] },
            { environment: 'prod', roles: ['product-owner', 'sre'] },
          ],
        }),
        aPerson({ name: 'ann', roles: ['viewer'] }),
      );
      expect(await withRoles(...roles)).toEqual(expected);
    });

    it('are found by their new roles once these are changed, and by no old one', async () => {
      await insert(aPerson({ roles: ['sre'] }));
      await save(aPerson({ roles: [], grants: [{ environment: 'prod', roles: ['viewer'] }] }));
      expect([await withRoles('sre'), await withRoles('viewer')]).toEqual([[], ['ann']]);
    });

    it('have the roles back that a failed transaction took', async () => {
      await insert(aPerson({ roles: ['sre'] }));
      const work = store().transact(async (unit) => {
        await unit.people.save(aPerson({ roles: [] }));
        throw new Error('the audit entry was refused');
      });
      await expect(work).rejects.toThrow('the audit entry was refused');
      expect(await withRoles('sre')).toEqual(['ann']);
    });

    it('are listed by name in pages', async () => {
      await insert(...['cleo', 'ann', 'Bob'].map((name) => aPerson({ name })));
      const pages = await store().transact((unit) => pagesOfTwo((page) => unit.people.list(page)));
      expect(pages.map((page) => page.map(({ name }) => name))).toEqual([['Bob', 'ann'], ['cleo']]);
    });
  });
}
