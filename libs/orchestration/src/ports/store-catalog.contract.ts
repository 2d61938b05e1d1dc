import { describe, expect, it } from '@jest/globals';
import { err, ok } from '@apollo-deploy/kernel';
import {
  aChannelEntry,
  anEnvironment,
  aProduct,
  aRelease,
} from '../testing/records/catalog-records.js';
import type { Page, PageRequest } from './page.js';
import type { Store } from './store.js';

/** Reads a list to its end, two at a time, and answers the pages. */
export async function pagesOfTwo<T>(
  list: (page: PageRequest) => Promise<Page<T>>,
): Promise<readonly (readonly T[])[]> {
  const pages: (readonly T[])[] = [];
  let page = await list({ limit: 2 });
  for (;;) {
    pages.push(page.items);
    if (page.next === undefined || pages.length > 20) return pages;
    page = await list({ limit: 2, after: page.next });
  }
}

export function describeStoredCatalog(store: () => Store): void {
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

    it('begins a page after any name, known or not', async () => {
      const page = await store().transact(async (unit) => {
        for (const name of ['a', 'c']) await unit.environments.insert(anEnvironment({ name }));
        return unit.environments.list({ after: 'b', limit: 5 });
      });
      expect(page).toEqual({ items: [anEnvironment({ name: 'c' })] });
    });
  });

  describe('products', () => {
    it('keeps every field, and changes by version', async () => {
      const product = aProduct({
        criticality: 'critical',
        owner: 'team-a',
        namespace: 'shared',
        rolloutTimeoutSeconds: 60,
        maxConcurrent: 2,
        labels: { team: 'a', 'apollo.dev/x': 'ä "quoted"' },
      });
      const [inserted, again, saved, late] = await store().transact(async (unit) => [
        await unit.products.insert(product),
        await unit.products.insert(product),
        await unit.products.save({ ...product, owner: 'team-b' }),
        await unit.products.save({ ...product, owner: 'team-c' }),
      ]);
      expect(inserted).toEqual(ok(product));
      expect(again).toEqual(err({ code: 'already_exists' }));
      expect(saved).toEqual(ok({ ...product, owner: 'team-b', version: 2 }));
      expect(late).toEqual(err({ code: 'version_conflict' }));
      expect(await store().transact((unit) => unit.products.getMany(['test-service']))).toEqual([
        { ...product, owner: 'team-b', version: 2 },
      ]);
    });

    it('forgets an optional field that a save leaves out', async () => {
      const read = await store().transact(async (unit) => {
        await unit.products.insert(aProduct({ owner: 'team-a' }));
        await unit.products.save(aProduct());
        return unit.products.get('test-service');
      });
      expect(read).toStrictEqual(aProduct({ version: 2 }));
    });

    it('lists by name in pages', async () => {
      const pages = await store().transact(async (unit) => {
        for (const name of ['c', 'a', 'b']) await unit.products.insert(aProduct({ name }));
        return pagesOfTwo((page) => unit.products.list(page));
      });
      expect(pages.map((page) => page.map(({ name }) => name))).toEqual([['a', 'b'], ['c']]);
    });
  });

  describe('releases', () => {
    it('finds one by product and version, and by id', async () => {
      const release = aRelease({
        dependencies: [{ product: 'aria-frontend', range: '>=1.2, <2', optional: false }],
        requires: ['gpu', 'example.org/fips'],
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

  describe('charts', () => {
    it('keeps every byte under its digest, and the same ones twice as one', async () => {
      const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
      await store().transact((unit) => unit.charts.put('c1', bytes));
      await store().transact((unit) => unit.charts.put('c1', bytes));
      const read = await store().transact((unit) => unit.charts.get('c1'));
      expect(Buffer.from(read!).equals(bytes)).toBe(true);
      expect(await store().transact((unit) => unit.charts.get('c2'))).toBeUndefined();
    });
  });

  describe('channels', () => {
    it('takes a release once', async () => {
      const first = aChannelEntry({ addedBy: 'sre-1' });
      const answers = await store().transact(async (unit) => [
        await unit.channels.add(first),
        await unit.channels.add(aChannelEntry({ addedBy: 'sre-2' })),
        await unit.channels.add(aChannelEntry({ channel: 'stable' })),
      ]);
      expect(answers).toEqual([true, false, true]);
      const entries = await store().transact((unit) => unit.channels.ofProducts(['test-service']));
      expect(entries).toHaveLength(2);
      expect(entries).toContainEqual(first);
    });

    it('lets one of two win who add the same release at once', async () => {
      const answers = await Promise.all(
        ['sre-1', 'sre-2'].map((addedBy) =>
          store().transact((unit) => unit.channels.add(aChannelEntry({ addedBy }))),
        ),
      );
      expect([...answers].sort()).toEqual([false, true]);
    });

    it('names the channels that hold anything, in order', async () => {
      const names = await store().transact(async (unit) => {
        expect(await unit.channels.names()).toEqual([]);
        await unit.channels.add(aChannelEntry({ channel: 'stable' }));
        await unit.channels.add(aChannelEntry({ channel: 'dev' }));
        await unit.channels.add(aChannelEntry({ channel: 'dev', version: '1.1.0' }));
        return unit.channels.names();
      });
      expect(names).toEqual(['dev', 'stable']);
    });
  });
}
