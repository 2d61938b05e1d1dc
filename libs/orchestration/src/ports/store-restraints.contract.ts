import { describe, expect, it } from '@jest/globals';
import type { AutomaticSuppression, Hold } from '@apollo-deploy/domain';
import { err, ok } from '@apollo-deploy/kernel';
import { anEntity } from '../testing/records/fleet-records.js';
import { aHold, aSuppression } from '../testing/records/plan-records.js';
import { pagesOfTwo } from './pages-of-two.contract.js';
import type { Store } from './store.js';

const NOON = '2026-03-02T12:00:00.000Z';
const HALF_PAST = '2026-03-02T12:30:00.000Z';
const ONE = '2026-03-02T13:00:00.000Z';

export function describeStoredRestraints(store: () => Store): void {
  describeSuppressions(store);
  describeHolds(store);
}

function describeSuppressions(store: () => Store): void {
  const put = (...suppressions: readonly AutomaticSuppression[]) =>
    store().transact(async (unit) => {
      for (const suppression of suppressions) await unit.suppressions.put(suppression);
    });

  describe('automatic suppressions', () => {
    it('keep every field, and are found by id and by entity', async () => {
      const kept = aSuppression({ failures: 7, reason: 'broken: "é" 🚀' });
      await put(kept, aSuppression({ entity: 'other' }));
      const read = await store().transact(async (unit) => ({
        byId: await unit.suppressions.get(kept.id),
        unknown: await unit.suppressions.get('unknown'),
        ofEntities: await unit.suppressions.ofEntities([kept.entity, 'unknown']),
        ofNobody: await unit.suppressions.ofEntities([]),
      }));
      expect(read).toStrictEqual({
        byId: kept,
        unknown: undefined,
        ofEntities: [kept],
        ofNobody: [],
      });
    });

    it('are one an entity: the next replaces it, with or without its id', async () => {
      await put(aSuppression({ entity: 'a' }), aSuppression({ entity: 'a', failures: 2 }));
      await put(aSuppression({ entity: 'a', id: 'another', failures: 3 }));
      const read = await store().transact(async (unit) => [
        await unit.suppressions.get('suppression-of-a'),
        ...(await unit.suppressions.ofEntities(['a'])),
      ]);
      expect(read).toEqual([undefined, aSuppression({ entity: 'a', id: 'another', failures: 3 })]);
    });

    it('are taken out by entity, and only once', async () => {
      await put(aSuppression({ entity: 'a' }), aSuppression({ entity: 'b' }));
      const left = await store().transact(async (unit) => {
        await unit.suppressions.remove('a');
        await unit.suppressions.remove('a');
        return unit.suppressions.ofEntities(['a', 'b']);
      });
      expect(left.map(({ entity }) => entity)).toEqual(['b']);
    });

    it('are counted by environment by when they end, not any more at their end', async () => {
      await put(
        aSuppression({ entity: 'late', until: ONE }),
        aSuppression({ entity: 'ends now', until: NOON }),
        aSuppression({ entity: 'early' }),
        aSuppression({ entity: 'elsewhere', environment: 'prod' }),
        aSuppression({ entity: 'nowhere', environment: 'staging' }),
      );
      const ends = await store().transact((unit) =>
        unit.suppressions.endsIn(['dev', 'prod', 'empty'], NOON),
      );
      expect([...ends].sort()).toEqual([
        ['dev', [HALF_PAST, ONE]],
        ['empty', []],
        ['prod', [HALF_PAST]],
      ]);
    });

    it('are listed by id in pages while they last', async () => {
      const rows = ['c', 'a', 'e', 'b', 'd'].map((entity) =>
        aSuppression({ entity, id: entity, until: entity === 'b' ? HALF_PAST : ONE }),
      );
      await put(...rows);
      const pages = await store().transact((unit) =>
        pagesOfTwo((page) => unit.suppressions.list(HALF_PAST, page)),
      );
      expect(pages.map((page) => page.map(({ id }) => id))).toEqual([
        ['a', 'c'],
        ['d', 'e'],
      ]);
    });

    it('are listed of some environments alone, in full pages', async () => {
      const places = { a: 'dev', b: 'prod', c: 'dev', d: 'prod', e: 'dev' };
      const rows = Object.entries(places).map(([id, environment]) =>
        aSuppression({ entity: id, id, environment, until: ONE }),
      );
      await put(...rows);
      const pages = await store().transact(async (unit) => [
        ...(await pagesOfTwo((page) => unit.suppressions.list(NOON, page, ['dev', 'unknown']))),
        ...(await pagesOfTwo((page) => unit.suppressions.list(NOON, page, []))),
      ]);
      expect(pages.map((page) => page.map(({ id }) => id))).toEqual([['a', 'c'], ['e'], []]);
    });

    it('have back what a failed transaction wrote', async () => {
      await put(aSuppression({ entity: 'a' }));
      const work = store().transact(async (unit) => {
        await unit.suppressions.remove('a');
        await unit.suppressions.put(aSuppression({ entity: 'b' }));
        throw new Error('no');
      });
      await expect(work).rejects.toThrow('no');
      const left = await store().transact((unit) => unit.suppressions.ofEntities(['a', 'b']));
      expect(left).toEqual([aSuppression({ entity: 'a' })]);
    });
  });
}

function describeHolds(store: () => Store): void {
  const insert = (...holds: readonly Hold[]) =>
    store().transact(async (unit) => {
      const answers = [];
      for (const hold of holds) answers.push(await unit.holds.insert(hold));
      return answers;
    });

  describe('holds', () => {
    it.each([
      { name: 'with all its fields', hold: aHold() },
      {
        name: 'that fixes nothing',
        hold: {
          id: 'hold-1',
          entity: 'a',
          until: 'lifted',
          reason: 'ask sre first',
          cause: 'person',
          by: 'sre-1',
          at: NOON,
        } satisfies Hold,
      },
    ])('keeps one $name', async ({ hold }) => {
      expect(await insert(hold)).toEqual([ok(hold)]);
      const read = await store().transact(async (unit) => ({
        byId: await unit.holds.get(hold.id),
        unknown: await unit.holds.get('unknown'),
        ofEntities: await unit.holds.ofEntities([hold.entity, 'unknown']),
      }));
      expect(read).toStrictEqual({ byId: hold, unknown: undefined, ofEntities: [hold] });
    });

    it('keeps the values that it fixes, whatever text is in them', async () => {
      const values = { 'NUL \u0000': 'half a pair \ud800', list: [1, null, { é: true }] };
      const hold = aHold({ fixes: { ...aHold().fixes!, values } });
      await insert(hold);
      const read = await store().transact((unit) => unit.holds.get(hold.id));
      expect(read?.fixes?.values).toStrictEqual(values);
    });

    it('refuses a second one of an entity, and keeps the first', async () => {
      const again = await insert(aHold({ entity: 'a' }), aHold({ entity: 'a', id: 'second' }));
      expect(again).toEqual([ok(aHold({ entity: 'a' })), err({ code: 'already_exists' })]);
      const read = await store().transact((unit) => unit.holds.ofEntities(['a']));
      expect(read).toEqual([aHold({ entity: 'a' })]);
    });

    it('lets one of two win who hold the same entity at once', async () => {
      const answers = await Promise.all(
        ['one', 'two'].map((id) => insert(aHold({ entity: 'a', id }))),
      );
      expect(answers.flat().filter(({ ok: won }) => won)).toHaveLength(1);
    });

    it('removes one, and only once, and another may follow', async () => {
      await insert(aHold({ entity: 'a' }));
      const removed = await store().transact(async (unit) => [
        await unit.holds.remove('hold-of-a'),
        await unit.holds.remove('hold-of-a'),
        await unit.holds.remove('unknown'),
      ]);
      expect(removed).toEqual([true, false, false]);
      expect(await insert(aHold({ entity: 'a' }))).toEqual([ok(aHold({ entity: 'a' }))]);
    });

    it('lists them by id in pages', async () => {
      await insert(...['c', 'a', 'b'].map((id) => aHold({ entity: `of-${id}`, id })));
      const pages = await store().transact((unit) => pagesOfTwo((page) => unit.holds.list(page)));
      expect(pages.map((page) => page.map(({ id }) => id))).toEqual([['a', 'b'], ['c']]);
    });

    it('lists those of entities in some environments alone, in full pages', async () => {
      const places = { a: 'dev', b: 'prod', c: 'dev', d: 'prod', e: 'dev' };
      await store().transact(async (unit) => {
        for (const [name, environment] of Object.entries(places))
          await unit.entities.insert(anEntity({ name, environment, releaseName: name }));
      });
      await insert(...['a', 'b', 'c', 'd', 'e', 'gone'].map((id) => aHold({ entity: id, id })));
      const pages = await store().transact(async (unit) => [
        ...(await pagesOfTwo((page) => unit.holds.list(page, ['dev', 'unknown']))),
        ...(await pagesOfTwo((page) => unit.holds.list(page, []))),
      ]);
      expect(pages.map((page) => page.map(({ id }) => id))).toEqual([['a', 'c'], ['e'], []]);
    });
  });
}
