import { describe, expect, it } from '@jest/globals';
import type { Recall } from '@apollo-deploy/domain';
import { aRecall } from '../testing/records/catalog-records.js';
import { pagesOfTwo } from './pages-of-two.contract.js';
import type { Store } from './store.js';

export function describeStoredRecalls(store: () => Store): void {
  const insert = (...recalls: readonly Recall[]) =>
    store().transact(async (unit) => {
      for (const recall of recalls) await unit.recalls.insert(recall);
    });
  const remove = (id: string) => store().transact((unit) => unit.recalls.remove(id));
  const ofProducts = (...products: readonly string[]) =>
    store().transact((unit) => unit.recalls.ofProducts(products));

  describe('recalls', () => {
    it.each([
      { name: 'without a minimum', recall: aRecall() },
      {
        name: 'with every field, and any text as its reason',
        recall: aRecall({
          strategy: 'downgrade',
          minimum: '1.0.0-rc.1+build.5',
          range: '1.x || >=2.0.0-0 <2.1.0',
          reason: 'é, 🚀, "quotes" and a \n line',
          createdAt: '2026-03-02T12:00:00.001Z',
        }),
      },
    ])('are kept $name', async ({ recall }) => {
      await insert(recall);
      const read = await store().transact(async (unit) => ({
        byId: await unit.recalls.get(recall.id),
        unknown: await unit.recalls.get('recall-2'),
        ofProduct: await unit.recalls.ofProducts(['test-service']),
      }));
      expect(read).toStrictEqual({ byId: recall, unknown: undefined, ofProduct: [recall] });
    });

    it('are answered by product, oldest first, whatever their ids', async () => {
      await insert(
        aRecall({ id: 'c', createdAt: '2026-03-02T12:00:00.000Z' }),
        aRecall({ id: 'b', createdAt: '2026-03-02T12:00:01.000Z' }),
        aRecall({ id: 'a', createdAt: '2026-03-02T12:00:00.000Z' }),
        aRecall({ id: 'd', product: 'web', createdAt: '2026-03-02T11:00:00.000Z' }),
        aRecall({ id: 'e', product: 'other' }),
      );
      const found = await ofProducts('test-service', 'web', 'unknown', 'web');
      expect(found.map(({ id }) => id)).toEqual(['d', 'a', 'c', 'b']);
      expect(await ofProducts()).toEqual([]);
    });

    it('are removed, and only once', async () => {
      await insert(aRecall({ id: 'a' }), aRecall({ id: 'b' }));
      expect(await remove('a')).toBe(true);
      expect(await remove('a')).toBe(false);
      expect(await ofProducts('test-service')).toEqual([aRecall({ id: 'b' })]);
    });

    it('are there again when the transaction that removed them fails', async () => {
      await insert(aRecall());
      const work = store().transact(async (unit) => {
        await unit.recalls.remove('recall-1');
        throw new Error('the audit entry was refused');
      });
      await expect(work).rejects.toThrow('the audit entry was refused');
      expect(await ofProducts('test-service')).toEqual([aRecall()]);
    });

    it.each([
      { name: 'of all products', product: undefined, expected: [['r1', 'r2'], ['r3']] },
      { name: 'of one product', product: 'web', expected: [['r1', 'r3']] },
      { name: 'of a product without any', product: 'unknown', expected: [[]] },
    ])('are listed by id in pages: $name', async ({ product, expected }) => {
      const products = { r3: 'web', r1: 'web', r2: 'api' };
      await insert(...Object.entries(products).map(([id, one]) => aRecall({ id, product: one })));
      const pages = await store().transact((unit) =>
        pagesOfTwo((page) => unit.recalls.list(product, page)),
      );
      expect(pages.map((page) => page.map(({ id }) => id))).toEqual(expected);
    });
  });
}
