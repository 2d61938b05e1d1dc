import { describe, expect, it } from '@jest/globals';
import type { Scope, StoredConstraint } from '@apollo-deploy/domain';
import { err, ok } from '@apollo-deploy/kernel';
import { aConstraint } from '../testing/records/catalog-records.js';
import { pagesOfTwo } from './pages-of-two.contract.js';
import type { Store } from './store.js';

const EVERY_SCOPE: Required<Scope> = {
  environments: ['prod', 'prod-eu'],
  tiers: ['production', 'staging'],
  products: ['web'],
  entities: ['web-prod'],
  planTypes: ['upgrade', 'config_update'],
  criticalities: ['high', 'critical'],
  labels: { 'apollo.dev/team': 'ä "quoted"', empty: '' },
};

export function describeStoredConstraints(store: () => Store): void {
  const insert = (...constraints: readonly StoredConstraint[]) =>
    store().transact(async (unit) => {
      const answers = [];
      for (const constraint of constraints) answers.push(await unit.constraints.insert(constraint));
      return answers;
    });
  const all = () => store().transact((unit) => unit.constraints.all());
  const remove = (id: string) => store().transact((unit) => unit.constraints.remove(id));

  describe('constraints', () => {
    const SCOPES: { name: string; scope: Scope }[] = [
      { name: 'everything', scope: {} },
      { name: 'every member', scope: EVERY_SCOPE },
      { name: 'lists and labels that are empty', scope: { products: [], labels: {} } },
    ];
    it.each(SCOPES)('keeps every field of a new one, as version 1: $name', async ({ scope }) => {
      const rule = aConstraint({
        kind: 'rule',
        spec: { all: [{ fact: 'owner', in: ['é', '', null] }, { not: {} }], above: 1.25, on: true },
        scope,
        createdAt: '2026-03-02T12:00:00.001Z',
      });
      expect(await insert({ ...rule, version: 7 })).toEqual([ok(rule)]);
      const read = await store().transact(async (unit) => ({
        byId: await unit.constraints.get('constraint-1'),
        unknown: await unit.constraints.get(rule.name),
        all: await unit.constraints.all(),
        list: await unit.constraints.list('rule', { limit: 10 }),
      }));
      expect(read).toStrictEqual({
        byId: rule,
        unknown: undefined,
        all: [rule],
        list: { items: [rule] },
      });
    });

    it('keeps any text in what a kind demands and in labels', async () => {
      const text = 'NUL \u0000, half a pair \ud800, é, 🚀, \\u0000, "quotes"';
      await insert(aConstraint({ spec: { [text]: text }, scope: { labels: { [text]: text } } }));
      expect(await all()).toMatchObject([
        { spec: { [text]: text }, scope: { labels: { [text]: text } } },
      ]);
    });

    it.each([
      { name: 'of the same kind', change: {} },
      { name: 'of another kind', change: { kind: 'rule' } },
    ])(
      'refuses a name that is taken by one $name, and keeps what was there',
      async ({ change }) => {
        const first = aConstraint({ name: 'freeze' });
        const second = aConstraint({ id: 'constraint-2', name: 'freeze', ...change });
        expect(await insert(first, second)).toEqual([ok(first), err({ code: 'already_exists' })]);
        expect(await all()).toEqual([first]);
      },
    );

    it('refuses an id that is taken', async () => {
      const again = await insert(aConstraint(), aConstraint({ name: 'another' }));
      expect(again).toEqual([ok(aConstraint()), err({ code: 'already_exists' })]);
    });

    it('lets one of two win who insert the same name at once', async () => {
      const inserts = await Promise.all(
        ['constraint-1', 'constraint-2'].map((id) => insert(aConstraint({ id, name: 'freeze' }))),
      );
      expect(inserts.flat().filter(({ ok: won }) => won)).toHaveLength(1);
      expect(inserts).toContainEqual([err({ code: 'already_exists' })]);
    });

    it('removes one, and only once', async () => {
      await insert(aConstraint({ id: 'a' }), aConstraint({ id: 'b' }));
      expect(await remove('a')).toBe(true);
      expect(await remove('a')).toBe(false);
      expect(await remove('unknown')).toBe(false);
      expect(await all()).toEqual([aConstraint({ id: 'b' })]);
    });

    it('lets one of two win who remove the same one at once', async () => {
      await insert(aConstraint({ id: 'a' }));
      expect([...(await Promise.all([remove('a'), remove('a')]))].sort()).toEqual([false, true]);
    });

    it('gives a name free with its removal, also within one transaction', async () => {
      await insert(aConstraint({ id: 'a', name: 'freeze' }));
      const next = aConstraint({ id: 'b', name: 'freeze', kind: 'rule' });
      const replaced = await store().transact(async (unit) => {
        await unit.constraints.remove('a');
        return unit.constraints.insert(next);
      });
      expect(replaced).toEqual(ok(next));
      expect(await all()).toEqual([next]);
    });

    it('has those back that a failed transaction removed', async () => {
      await insert(aConstraint({ name: 'freeze' }));
      const work = store().transact(async (unit) => {
        await unit.constraints.remove('constraint-1');
        throw new Error('the audit entry was refused');
      });
      await expect(work).rejects.toThrow('the audit entry was refused');
      expect(await all()).toEqual([aConstraint({ name: 'freeze' })]);
      const [again] = await insert(aConstraint({ id: 'constraint-2', name: 'freeze' }));
      expect(again).toEqual(err({ code: 'already_exists' }));
    });

    it('answers all of them in the order of their ids, however many', async () => {
      const ids = Array.from({ length: 205 }, (_, index) => `c${1000 + index}`);
      await insert(...[...ids].reverse().map((id) => aConstraint({ id })));
      expect((await all()).map(({ id }) => id)).toEqual(ids);
    });

    it.each([
      {
        name: 'of all kinds',
        kind: undefined,
        expected: [['c1', 'c2'], ['c3', 'c4'], ['c5']],
      },
      { name: 'of one kind', kind: 'rule', expected: [['c1', 'c3'], ['c4']] },
      { name: 'of a kind that just fills a page', kind: 'dependency', expected: [['c2', 'c5']] },
      { name: 'of a kind that nobody used', kind: 'unknown', expected: [[]] },
    ])('lists by id in pages: $name', async ({ kind, expected }) => {
      const kinds = { c5: 'dependency', c3: 'rule', c1: 'rule', c4: 'rule', c2: 'dependency' };
      await insert(...Object.entries(kinds).map(([id, name]) => aConstraint({ id, kind: name })));
      const pages = await store().transact((unit) =>
        pagesOfTwo((page) => unit.constraints.list(kind, page)),
      );
      expect(pages.map((page) => page.map(({ id }) => id))).toEqual(expected);
    });

    it('begins a page after any id, known or not', async () => {
      await insert(aConstraint({ id: 'a' }), aConstraint({ id: 'c' }));
      const page = await store().transact((unit) =>
        unit.constraints.list(undefined, { after: 'b', limit: 5 }),
      );
      expect(page).toEqual({ items: [aConstraint({ id: 'c' })] });
    });
  });
}
