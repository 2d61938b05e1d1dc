import { describe, expect, it } from '@jest/globals';
import { err, ok } from '@apollo-deploy/kernel';
import { aChannelEntry, aProduct } from '../testing/records/catalog-records.js';
import { pagesOfTwo } from './pages-of-two.contract.js';
import type { Store } from './store.js';

export function describeStoredCatalog(store: () => Store): void {
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
