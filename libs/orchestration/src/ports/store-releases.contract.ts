import { describe, expect, it } from '@jest/globals';
import { err, ok } from '@apollo-deploy/kernel';
import { aRelease } from '../testing/records/catalog-records.js';
import { pagesOfTwo } from './pages-of-two.contract.js';
import type { Store } from './store.js';

export function describeStoredReleases(store: () => Store): void {
  describe('releases', () => {
    it('finds one by product and version, and by id', async () => {
      const release = aRelease({
        dependencies: [{ product: 'aria-frontend', range: '>=1.2, <2', optional: false }],
        requires: ['gpu', 'example.org/fips'],
        strategies: ['blue_green', 'canary'],
      });
      await store().transact(async (unit) => {
        expect(await unit.releases.insert(release)).toEqual(ok(release));
        expect(await unit.releases.get('test-service', '1.0.0')).toEqual(release);
        expect(await unit.releases.getById(release.id)).toEqual(release);
        expect(await unit.releases.get('test-service', '1.0.1')).toBeUndefined();
        expect(await unit.releases.getById('other')).toBeUndefined();
      });
    });

    it('refuses a version that its product has, under another id too, and no other', async () => {
      const answers = await store().transact(async (unit) => [
        await unit.releases.insert(aRelease({ id: 'r1' })),
        await unit.releases.insert(aRelease({ id: 'r2' })),
        await unit.releases.insert(aRelease({ id: 'r3', product: 'aria-frontend' })),
      ]);
      expect(answers.map((answer) => answer.ok)).toEqual([true, false, true]);
      expect(answers[1]).toEqual(err({ code: 'already_exists' }));
    });

    it('answers every release of some products', async () => {
      const releases = await store().transact(async (unit) => {
        for (const product of ['a', 'b', 'c']) {
          for (const version of ['1.0.0', '1.1.0']) {
            await unit.releases.insert(aRelease({ product, version }));
          }
        }
        return unit.releases.ofProducts(['c', 'a', 'unknown', 'a']);
      });
      expect(releases.map(({ product, version }) => `${product} ${version}`).sort()).toEqual([
        'a 1.0.0',
        'a 1.1.0',
        'c 1.0.0',
        'c 1.1.0',
      ]);
    });

    const needs = (product: string, { range = '^1', optional = false } = {}) => ({
      product,
      range,
      optional,
    });
    const DEPENDENTS = [
      aRelease({ id: 'r6', product: 'shop', version: '2.0.0', dependencies: [needs('api')] }),
      aRelease({
        id: 'r5',
        product: 'shop',
        version: '1.0.0',
        dependencies: [needs('api'), needs('web'), needs('api', { range: '<3' })],
      }),
      aRelease({ id: 'r4', product: 'bot', dependencies: [needs('web', { optional: true })] }),
      aRelease({ id: 'r3', product: 'old', dependencies: [needs('api')] }),
      aRelease({ id: 'r2', product: 'lone', dependencies: [needs('api-gateway')] }),
      aRelease({ id: 'r1', product: 'api' }),
    ];
    it.each([
      {
        name: 'of one product, by whoever needs it in any version',
        products: ['api'],
        expected: ['old needs api', 'shop needs api'],
      },
      {
        name: 'of one that needs others, each pair once',
        products: ['shop'],
        expected: ['shop needs api', 'shop needs web'],
      },
      {
        name: 'that do without it, too',
        products: ['web'],
        expected: ['bot needs web', 'shop needs web'],
      },
      {
        name: 'of several, named twice or unknown',
        products: ['bot', 'unknown', 'api', 'bot'],
        expected: ['bot needs web', 'old needs api', 'shop needs api'],
      },
      { name: 'of part of a name', products: ['gateway', 'ap', '%', ''], expected: [] },
      { name: 'of no product', products: [], expected: [] },
    ])('answers which products need which: $name', async ({ products, expected }) => {
      const found = await store().transact(async (unit) => {
        for (const release of DEPENDENTS) await unit.releases.insert(release);
        return unit.releases.needs(products);
      });
      expect(found.map(({ product, needs: needed }) => `${product} needs ${needed}`)).toEqual(
        expected,
      );
    });

    it.each([
      {
        name: 'of some releases, one of them unknown and one named twice',
        releases: [
          { product: 'shop', version: '2.0.0' },
          { product: 'shop', version: '3.0.0' },
          { product: 'shop', version: '2.0.0' },
          { product: 'bot', version: '1.0.0' },
        ],
        whole: [],
        expected: ['bot 1.0.0: web', 'shop 2.0.0: api'],
      },
      {
        name: 'of whole products',
        releases: [],
        whole: ['shop', 'api', 'unknown'],
        expected: ['api 1.0.0: ', 'shop 1.0.0: api web api', 'shop 2.0.0: api'],
      },
      {
        name: 'of both, each once',
        releases: [{ product: 'shop', version: '2.0.0' }],
        whole: ['shop'],
        expected: ['shop 1.0.0: api web api', 'shop 2.0.0: api'],
      },
      { name: 'of none', releases: [], whole: [], expected: [] },
    ])('answers what releases declare: $name', async ({ releases, whole, expected }) => {
      const found = await store().transact(async (unit) => {
        for (const release of DEPENDENTS) await unit.releases.insert(release);
        return unit.releases.declarations(releases, whole);
      });
      const told = found.map(
        ({ product, version, dependencies }) =>
          `${product} ${version}: ${dependencies.map((one) => one.product).join(' ')}`,
      );
      expect(told.sort()).toEqual(expected);
    });

    it.each([
      { name: 'of one product', product: 'a', expected: [['r1', 'r3'], ['r4']] },
      {
        name: 'of all products',
        product: undefined,
        expected: [
          ['r1', 'r2'],
          ['r3', 'r4'],
        ],
      },
    ])('lists by id in pages: $name', async ({ product, expected }) => {
      const pages = await store().transact(async (unit) => {
        const products = { r4: 'a', r2: 'b', r3: 'a', r1: 'a' };
        for (const [id, name] of Object.entries(products)) {
          await unit.releases.insert(aRelease({ id, product: name, version: `1.0.0-${id}` }));
        }
        return pagesOfTwo((page) => unit.releases.list(product, page));
      });
      expect(pages.map((page) => page.map(({ id }) => id))).toEqual(expected);
    });
  });
}
